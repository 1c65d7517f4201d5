// What the tests of this week share: floats held to what double says, each within a bound of its
// own.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {

// |got[i] - want[i]| <= allowed[i], row-major of `shape`.
inline testing::AssertionResult within(std::span<const float> got, const Shape& shape,
                                       std::span<const double> want,
                                       std::span<const double> allowed,
                                       const Context& context = {.precision = Precision::f32}) {
  const std::vector<double> wide(got.begin(), got.end());
  return as_result(compare(wide, want, shape, allowed, context));
}
inline testing::AssertionResult within(const Matrix& got, std::span<const double> want,
                                       std::span<const double> allowed) {
  return within(got.values(), shape_of(got), want, allowed);
}
// An output that was fenced.
inline testing::AssertionResult within(const Guarded<float>& got, std::span<const double> want,
                                       std::span<const double> allowed) {
  return within(
      got.span(), got.shape(), want, allowed,
      {.precision = Precision::f32, .guarded = true, .canary_problem = got.canary_problem()});
}

}  // namespace nn::cpu
