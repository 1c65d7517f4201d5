// Features of mean 0 and deviation 1: a network's first layer then starts where its weights expect
// it.
//
//   x'[n,c] = (x[n,c] - mean[c]) / deviation[c]
//
// Mean and deviation are measured on the training examples alone and used for all others: they are
// part of the model, and are saved with it.
#pragma once

#include <span>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

struct Normalisation {
  Matrix mean;       // (1,C)
  Matrix deviation;  // (1,C), each above 0
};

// Of each feature over the examples `rows` of x (N,C): mean, and the root of the mean squared
// distance from it. A feature that is the same number everywhere (a corner of MNIST) gets deviation
// 1, and so becomes 0. No rows, or a row outside x: nn::Error.
Normalisation measure_features(ConstMatrixView x, std::span<const int> rows);

// The same with one mean and one deviation of all numbers together, in every column: for pictures,
// where a pixel that is almost never inked would otherwise be blown up when it is.
Normalisation measure_all(ConstMatrixView x, std::span<const int> rows);

// y (N,C), overwritten; y may be x itself. Shapes that do not agree: nn::Error.
void normalise(MatrixView y, ConstMatrixView x, const Normalisation& by);

}  // namespace nn::cpu
