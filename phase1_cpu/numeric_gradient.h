// Derivatives measured instead of derived: what the tests hold every backward function against.
//
//   central difference   (f(x + h) - f(x - h)) / 2h = f'(x) + h^2/6 f'''(s), s within h of x
//
// Two errors pull h in opposite directions. The formula's own (truncation) is h^2/6 |f'''|. The
// rounding of f is r u |f| in each of the two values, where u = 2^-53 is the unit roundoff and r the
// number of roundings that reach f; divided by 2h that makes r u |f| / h. Their sum is smallest
// where h^3 = 3 r u |f| / |f'''|; for values near 1 that is about cbrt(u) = 4.8e-6, where each is
// a few times 1e-11. So a gradient check has about ten good digits, never sixteen.
// Source    [Press07 sec. 5.7].
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "common/compare.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

inline const double kDifferenceStep = std::cbrt(kUnitRoundoff64);  // 4.8e-6

// Entry i: the derivative of loss(x) by x[i], same shape as x. Elements of x should be of size 1 or
// so, and no kink of the loss may lie within kDifferenceStep of x.
inline Matrix numeric_gradient(const std::function<double(const Matrix&)>& loss, Matrix x) {
  Matrix gradient(x.rows(), x.cols());
  for (int i = 0; i < x.size(); ++i) {
    double& x_i = x.values()[i];
    const double middle = x_i;
    // The step really taken is a difference of two doubles near x, not h itself.
    const double right = middle + kDifferenceStep, left = middle - kDifferenceStep;
    x_i = right;
    const double at_right = loss(x);
    x_i = left;
    const double at_left = loss(x);
    x_i = middle;
    gradient.values()[i] = (at_right - at_left) / (right - left);
  }
  return gradient;
}

// How far numeric_gradient may be from the truth: h^2/6 |f'''| + r u |f| / h, with
// magnitude  at least |f|, and every intermediate sum that makes it up,
// roundings  how many roundings relative to that magnitude reach f (r),
// third      at least |f'''| near x, along each coordinate.
inline Bound numeric_gradient_bound(double magnitude, double roundings, double third) {
  const double h = kDifferenceStep;
  return Bound{.abs = h * h / 6 * third + roundings * kUnitRoundoff64 * magnitude / h};
}

// The same for a function with many outputs: by x of sum(grad_y * f(x)), which is what f's backward
// function returns for grad_y.
inline Matrix numeric_backward(const std::function<Matrix(const Matrix&)>& f, const Matrix& grad_y,
                               const Matrix& x) {
  const auto loss = [&](const Matrix& moved) {
    const Matrix y = f(moved);
    double total = 0;
    for (int i = 0; i < y.size(); ++i) total += grad_y.values()[i] * y.values()[i];
    return total;
  };
  return numeric_gradient(loss, x);
}

// The bound for it: the loss is a sum of y.size() products, so r is that many on top of
// roundings  that one element of f is off by, relative to itself;
// third      at least |f'''| of an output by an input, times how many outputs the input reaches.
inline Bound numeric_backward_bound(const Matrix& y, const Matrix& grad_y, double roundings,
                                    double third) {
  double magnitude = 0, largest = 0;
  for (int i = 0; i < y.size(); ++i) {
    magnitude += std::abs(grad_y.values()[i] * y.values()[i]);
    largest = std::max(largest, std::abs(grad_y.values()[i]));
  }
  return numeric_gradient_bound(magnitude, roundings + y.size(), third * largest);
}

}  // namespace nn::basic
