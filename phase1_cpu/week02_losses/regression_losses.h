// Losses for predicting numbers: how far y is from the target t, as one number.
//   mse   mean over all B*C elements of (y - t)^2      derivative by y: 2 (y - t) / (B*C)
//   mae   mean over all B*C elements of |y - t|        derivative by y: sign(y - t) / (B*C),
//                                                      0 where y = t
// Units     mse has those of y squared, mae those of y.
// Errors    nn::Error naming both shapes if they differ, and if there are no elements: the mean of
//           nothing is no number. The backward functions refuse the same.
// Numerics  NaN in y or t gives NaN for the loss; mae's derivative there may be anything.
// Source    [Goodfellow16 sec. 5.5.1] (mse as maximum likelihood under Gaussian noise);
//           [Hastie09 sec. 10.6] (both, and how they treat outliers).
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

double mse(const Matrix& y, const Matrix& t);           // y, t (B,C)
Matrix mse_backward(const Matrix& y, const Matrix& t);  // grad_y (B,C)

double mae(const Matrix& y, const Matrix& t);           // y, t (B,C)
Matrix mae_backward(const Matrix& y, const Matrix& t);  // grad_y (B,C)

}  // namespace nn::basic
