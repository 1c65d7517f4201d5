// The derivative of softmax: each p_i depends on every z_j, so for one row it is a matrix.
//   J[i,j] = dp_i / dz_j = p_i ([i = j] - p_j)          [q] is 1 where q holds, else 0
// A gradient goes back through J without J being built:
//   grad_z[b,i] = sum_j grad_p[b,j] J[j,i] = p[b,i] (grad_p[b,i] - sum_j grad_p[b,j] p[b,j])
// Source    derived in README.md, "The softmax Jacobian"; [Bridle90] has J.
// Cost      softmax_jacobian L^2 multiplications; softmax_backward 2 L a row.
//
// Both take p, softmax's *output*: unlike the activations of this week, all they need is in it.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// (L,L), symmetric, from one row of probabilities p (1,L). Throws nn::Error if p is not one row.
Matrix softmax_jacobian(const Matrix& p);

// grad_z (B,L) from grad_p (B,L) and p (B,L). Throws nn::Error naming both shapes if they differ.
Matrix softmax_backward(const Matrix& grad_p, const Matrix& p);

}  // namespace nn::basic
