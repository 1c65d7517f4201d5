// sigmoid: squeezes any number into (0, 1), so that it can be read as a probability.
//   y = 1 / (1 + e^-x)        y' = y (1 - y) = sigmoid(x) sigmoid(-x)
// Source    [Goodfellow16 sec. 3.10].
// Numerics  No intermediate result overflows, whatever x: e^710 is already infinite in double.
//           The relative error of y is a few roundings on both sides of 0, down to the smallest
//           double. NaN gives NaN.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

Matrix sigmoid(const Matrix& x);  // (M,N) from x (M,N), each element by itself

// grad_x (M,N) = grad_y (M,N) * sigmoid'(x), x (M,N) the input of the forward pass, not its
// output. Throws nn::Error naming both shapes if they differ.
Matrix sigmoid_backward(const Matrix& grad_y, const Matrix& x);

}  // namespace nn::basic
