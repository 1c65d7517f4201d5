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

#include <cmath>
#include <functional>
#include <span>

#include "common/compare.h"

namespace nn {

inline const double kDifferenceStep = std::cbrt(kUnitRoundoff64);  // 4.8e-6

// gradient[i] becomes the derivative of loss() by x[i]; loss reads x, whose elements are moved one at a
// time and put back. They should be of size 1 or so, and no kink of the loss may lie within
// kDifferenceStep of x.
inline void numeric_gradient(std::span<double> gradient, std::span<double> x,
                             const std::function<double()>& loss) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double middle = x[i];
    // The step really taken is a difference of two doubles near x, not h itself.
    const double right = middle + kDifferenceStep, left = middle - kDifferenceStep;
    x[i] = right;
    const double at_right = loss();
    x[i] = left;
    const double at_left = loss();
    x[i] = middle;
    gradient[i] = (at_right - at_left) / (right - left);
  }
}

// How far numeric_gradient may be from the truth: h^2/6 |f'''| + r u |f| / h, with
// magnitude  at least |f|, and every intermediate sum that makes it up,
// roundings  how many roundings relative to that magnitude reach f (r),
// third      at least |f'''| near x, along each coordinate.
inline Bound numeric_gradient_bound(double magnitude, double roundings, double third) {
  const double h = kDifferenceStep;
  return Bound{.abs = h * h / 6 * third + roundings * kUnitRoundoff64 * magnitude / h};
}

}  // namespace nn
