// The dense layer: every output looks at every input. y = x . w + bias, and its three gradients.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// y (B,OC) = x (B,C) . w (C,OC) + bias (1,OC), the bias added to every row.
// Throws nn::Error naming both extents if the shapes do not chain.
Matrix dense_forward(const Matrix& x, const Matrix& w, const Matrix& bias);

// The chain rule through dense_forward, from the derivative of the loss by y to those by x, w, bias.
// The forward pass's bias is not needed: the derivative of a sum does not depend on what is added.
// Throws nn::Error if shapes disagree, before anything is written.
// Source [Goodfellow16 sec. 6.5.6].
void dense_backward(Matrix* grad_x,        // (B,C)   overwritten; nullptr: not wanted (x is data)
                    Matrix& grad_w,        // (C,OC)  accumulated into
                    Matrix& grad_bias,     // (1,OC)  accumulated into
                    const Matrix& grad_y,  // (B,OC)
                    const Matrix& x,       // (B,C)   as given to dense_forward
                    const Matrix& w);      // (C,OC)  as given to dense_forward

}  // namespace nn::basic
