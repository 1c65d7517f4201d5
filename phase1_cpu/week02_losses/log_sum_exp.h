// log_sum_exp: a smooth maximum. log sum_l e^z[b,l], computed so that nothing overflows:
//   m + log sum_l e^(z[b,l] - m), m = max_l z[b,l]
// Source    [Goodfellow16 sec. 4.1]; its rounding errors: [Blanchard21].
// Numerics  The exponents are <= 0 and one of them is 0, so the sum lies in [1, L]: neither
//           infinity nor log 0 can occur. Unshifted, e^z overflows past z = 709.78.
//           NaN in a row gives NaN for that row. An element may be -infinity (it adds nothing),
//           but a row whose maximum is infinite gives NaN.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// (B,1) from z (B,L). Throws nn::Error if z has no columns; B may be 0.
Matrix log_sum_exp(const Matrix& z);

}  // namespace nn::basic
