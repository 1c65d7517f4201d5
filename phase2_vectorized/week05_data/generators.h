// Data that need no files: points of the plane that no line separates, and a curve to follow. The
// same seed gives the same points on every machine.
//
// An argument outside what is said here: nn::Error.
#pragma once

#include <cstdint>

#include "phase2_vectorized/week05_data/dataset.h"

namespace nn::cpu {

// `classes` spiral arms, `per_class` points each, in the unit disc; normal noise on the angle, in
// radians. classes >= 2, per_class >= 2, noise >= 0. (phase1_cpu/checkpoint/points.h)
Dataset make_spiral(int classes, int per_class, double noise, std::uint64_t seed);

// Two half circles that grip each other, `count` points in turn from either. count >= 2, noise >=
// 0.
Dataset make_moons(int count, double noise, std::uint64_t seed);

// `classes` round clouds of `per_class` points, of this deviation, around points on the unit
// circle, class 0 at (1, 0), the others counterclockwise at equal angles. classes >= 2, per_class
// >= 1, deviation >= 0.
Dataset make_blobs(int classes, int per_class, double deviation, std::uint64_t seed);

// y = sin(2 pi x) plus normal noise, at `count` places x in [0, 1] that are equally far apart, both
// ends among them: targets (count,1). count >= 2, noise >= 0.
Dataset make_sine(int count, double noise, std::uint64_t seed);

}  // namespace nn::cpu
