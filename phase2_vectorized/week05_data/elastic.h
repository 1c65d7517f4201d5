// Elastic bending: random displacements, smoothed until neighbours move together, as the muscles of
// a writing hand make them. Source   [Simard03 §2]: displacements uniform in [-1, 1), convolved
// with a Gaussian of deviation
//          sigma, multiplied by alpha; theirs for MNIST, with sigma = 4 and alpha = 34.
#pragma once

#include <vector>

#include "common/rng.h"
#include "phase2_vectorized/week05_data/warp.h"

namespace nn::cpu {

// [2 r + 1], r = ceil(3 sigma): the weights exp(-i^2 / (2 sigma^2)), i = -r .. r, divided by their
// sum. sigma not above 0, or above 64: nn::Error.
std::vector<float> gaussian_weights(float sigma);

// x (H,W), overwritten by itself smoothed along the rows and along the columns; beyond the edge is
// 0.
void smooth(MatrixView x, float sigma);

// Adds alpha times two smoothed fields of noise to `field`: first all of down, row by row, one
// uniform() an element, then all of right.
void add_elastic(DisplacementField& field, float alpha, float sigma, Philox& rng);

}  // namespace nn::cpu
