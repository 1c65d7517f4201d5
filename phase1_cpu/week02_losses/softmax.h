// softmax: turns each row of logits into probabilities: positive, summing to 1, in the same order.
//   p[b,l] = e^(z[b,l] - m) / sum_k e^(z[b,k] - m), m = max_l z[b,l]
// Source    [Goodfellow16 eq. 4.1]; the shift by m, which leaves p unchanged on paper: sec. 4.1.
// Numerics  Exponents are <= 0, so the sum lies in [1, L]. Unshifted, e^z overflows past
//           z = 709.78 and the row becomes infinity / infinity = NaN.
//           NaN in a row gives a row of NaN. An element may be -infinity (its p is 0), but a row
//           whose maximum is infinite gives NaN.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// p (B,L) from z (B,L). Throws nn::Error if z has no columns; B may be 0.
Matrix softmax(const Matrix& z);

}  // namespace nn::basic
