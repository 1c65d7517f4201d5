// Points in the plane for the checkpoint's pictures: sets that one line cannot separate.
#pragma once

#include <vector>

#include "common/rng.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

struct LabelledPoints {
  Matrix x;            // (B,2)
  std::vector<int> t;  // [B], class of each
};

// Two half circles of radius 1 that grip each other, `count` points in turn from class 0 (centre
// (0, 0), upper half) and class 1 (centre (1, 0.5), lower half), each moved by normal noise of this
// deviation. count >= 2, noise >= 0, else nn::Error.
LabelledPoints two_moons(int count, double noise, Philox& rng);

// `arms` spiral arms around the origin, `per_arm` points each, from radius 0.1 to 1 over three quarters
// of a turn; normal noise on the angle, in radians. arms >= 2, per_arm >= 2.
LabelledPoints spiral(int arms, int per_arm, double noise, Philox& rng);

}  // namespace nn::basic
