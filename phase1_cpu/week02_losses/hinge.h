// hinge: the loss of a support vector machine. It asks for the right side with a margin of 1, and
// is silent once it has that.
//   loss = mean over all B*C elements of max(0, 1 - t y)       y any score, t = +1 or -1
//   derivative by y: -t / (B*C) where t y < 1, else 0 (so 0 at the hinge, t y = 1)
// Errors    nn::Error naming both shapes if they differ, if there are no elements, or if a t is
//           neither 1 nor -1 (labels 0 and 1 are the usual slip).
// Numerics  NaN in y gives NaN for the loss; the derivative there may be anything.
// Source    [Hastie09 eq. 12.25].
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

double hinge(const Matrix& y, const Matrix& t);           // y, t (B,C)
Matrix hinge_backward(const Matrix& y, const Matrix& t);  // grad_y (B,C)

}  // namespace nn::basic
