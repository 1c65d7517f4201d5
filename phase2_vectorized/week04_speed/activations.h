// The activations on batches, forward and backward.
//
//   identity     y = x                                derivative 1
//   relu         max(x, 0)                            [x > 0]
//   leaky_relu   x > 0 ? x : 0.01 x                   x > 0 ? 1 : 0.01
//   elu          x > 0 ? x : e^x - 1                  x > 0 ? 1 : e^x
//   silu         x s, s = sigmoid(x)                  s + x s (1 - s)
//   sigmoid      1 / (1 + e^-x)                       s (1 - s)
//   tanh         tanh x                               1 - tanh(x)^2
//
// Shapes    y, x, grad_x, grad_y are all (B,C), any shape; a function of each element.
// Backward  grad_x = grad_y * f'(x), overwritten; x is the *input* of the forward pass.
// Memory    An output may be an input's matrix (the same view: in place), or apart from it.
// Errors    nn::Error naming the function and both shapes if they differ; if an input's rows are not
//           of adjacent floats (a transposed view); if an output overlaps an input in part.
// Numerics  NaN gives NaN forward. sigmoid and silu are within 3 ULP, elu within 1, tanh within 2:
//           activations_test.cc sweeps over floats of every size. No result overflows that is not
//           itself too large, and no derivative cancels: with e = e^-|x|, s (1 - s) is e / (1 + e)^2,
//           and 1 - tanh^2 is 4 e^2 / (1 + e^2)^2. silu of -infinity is NaN, as in phase 1.
// Source    as phase1_cpu/week02_losses/relu_family.h and smooth_activations.h.
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

inline constexpr float kLeakyReluSlope = 0.01F;  // of the left half

void identity(MatrixView y, ConstMatrixView x);
void identity_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

void relu(MatrixView y, ConstMatrixView x);
void relu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

void leaky_relu(MatrixView y, ConstMatrixView x);
void leaky_relu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

void elu(MatrixView y, ConstMatrixView x);
void elu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

void silu(MatrixView y, ConstMatrixView x);
void silu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

void sigmoid(MatrixView y, ConstMatrixView x);
void sigmoid_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

void tanh(MatrixView y, ConstMatrixView x);
void tanh_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);

}  // namespace nn::cpu
