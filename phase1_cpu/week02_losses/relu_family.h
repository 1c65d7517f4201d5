// Four activations that agree to the right of 0 and differ to the left of it.
//
//                 x > 0      x <= 0          derivative at 0
//   identity        x          x                   1
//   relu            x          0                   0
//   leaky_relu      x        0.01 x                0.01
//   elu             x        e^x - 1               1
//
// Each takes any shape (M,N), element by element; NaN gives NaN. A backward function returns
// grad_x (M,N) = grad_y (M,N) * f'(x), x (M,N) the *input* of the forward pass, and throws nn::Error
// naming both shapes if they differ. In the kinks' derivatives a NaN in x need not show: it already
// did in the forward pass.
//
// Source    relu [Glorot11], leaky_relu [Maas13 sec. 2], elu [Clevert16 sec. 3].
// Numerics  e^x - 1 by std::expm1: near 0, exp(x) - 1 loses the digits that e^x and 1 share.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

inline constexpr double kLeakyReluSlope = 0.01;  // of the left half
inline constexpr double kEluScale = 1.0;         // elu tends to -kEluScale for x to -infinity

Matrix identity(const Matrix& x);
Matrix identity_backward(const Matrix& grad_y, const Matrix& x);

Matrix relu(const Matrix& x);
Matrix relu_backward(const Matrix& grad_y, const Matrix& x);

Matrix leaky_relu(const Matrix& x);
Matrix leaky_relu_backward(const Matrix& grad_y, const Matrix& x);

Matrix elu(const Matrix& x);
Matrix elu_backward(const Matrix& grad_y, const Matrix& x);

}  // namespace nn::basic
