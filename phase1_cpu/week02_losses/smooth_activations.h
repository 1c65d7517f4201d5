// Activations without a kink: tanh and SiLU (also called swish).
//   tanh   y = tanh x              y' = 1 - tanh(x)^2
//   silu   y = x sigmoid(x)        y' = s + x s (1 - s), s = sigmoid(x)
//
// Each takes any shape (M,N), element by element; NaN gives NaN. x is finite: at -infinity silu's
// x * sigmoid(x) is infinity times 0, NaN, though its limit is 0. A backward function returns
// grad_x (M,N) = grad_y (M,N) * f'(x), x (M,N) the *input* of the forward pass, and throws nn::Error
// naming both shapes if they differ.
//
// Source    tanh [Goodfellow16 sec. 6.3.2], silu [Elfwing18 sec. 2], [Ramachandran17].
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

Matrix tanh(const Matrix& x);
Matrix tanh_backward(const Matrix& grad_y, const Matrix& x);

Matrix silu(const Matrix& x);
Matrix silu_backward(const Matrix& grad_y, const Matrix& x);

}  // namespace nn::basic
