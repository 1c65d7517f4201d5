// softmax and log_sum_exp of rows, and softmax's chain rule.
//   p[b,l] = e^(z[b,l] - m) / sum_k e^(z[b,k] - m), m = max_l z[b,l]
//   log_sum_exp[b] = m + log sum_l e^(z[b,l] - m)
//   grad_z[b,i] = p[b,i] (grad_p[b,i] - sum_j grad_p[b,j] p[b,j])
//
// Errors    nn::Error if shapes differ, if L is 0 (B may be), if an input's rows are not of adjacent
//           floats, if an output overlaps an input in part.
// Numerics  Exponents are <= 0 and one of them is 0, so the sum lies in [1, L]. In roundoffs p is
//           off by less than m - z[b,l] + log L + L + 6; a row's p sum to 1 within as many. NaN in a
//           row gives a row of NaN; an element may be -infinity, a row's maximum may not be infinite
//           (NaN).
// Cost      Three walks along the rows; the exponentials are nearly all of it.
// Source    [Goodfellow16 eq. 4.1]; rounding errors [Blanchard21].
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// p (B,L) from z (B,L); p may be z.
void softmax(MatrixView p, ConstMatrixView z);

// grad_z (B,L), overwritten, from grad_p (B,L) and the *output* p (B,L); grad_z may be grad_p.
void softmax_backward(MatrixView grad_z, ConstMatrixView grad_p, ConstMatrixView p);

// y (B,1) from z (B,L); y apart from z.
void log_sum_exp(MatrixView y, ConstMatrixView z);

}  // namespace nn::cpu
