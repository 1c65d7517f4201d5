#include "phase1_cpu/week02_losses/log_sum_exp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// In roundoffs, absolute: the sum of L exponentials is off by log L (each z - m is rounded; weighted
// by softmax that is at most log L), 2 (exp within 1 ulp) and L - 1 additions, relative, which log
// turns absolute; log itself by 2 log L. Relative: m + log(sum), and the expected value.
Bound bound(int L) {
  return {.abs = (3 * std::log(L) + 2 + L - 1) * kUnitRoundoff64, .rel = 2 * kUnitRoundoff64};
}

// Straight from the definition. long double's exponent range makes the shift unnecessary here.
Matrix in_long_double(const Matrix& z) {
  Matrix y(z.rows(), 1);
  for (int b = 0; b < z.rows(); ++b) {
    long double total = 0;
    for (const double v : z.row(b)) total += std::exp(static_cast<long double>(v));
    y(b, 0) = static_cast<double>(std::log(total));
  }
  return y;
}

// The worked example of README.md, "Log-sum-exp": 1, 2, 3, and the same a thousand higher.
TEST(LogSumExp, WorkedExample) {
  const Matrix y = log_sum_exp(Matrix{{1, 2, 3}, {1001, 1002, 1003}});
  EXPECT_TRUE(close(y, Matrix{{3.4076059644443806}, {1003.4076059644444}}, bound(3)));
}

TEST(LogSumExp, MatchesReference) {
  for (const std::string name : {"softmax", "softmax_extreme"}) {
    EXPECT_TRUE(matches_golden(log_sum_exp(golden_matrix(name + "/z")), name + "/log_sum_exp"));
  }
}

TEST(LogSumExp, IsRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix z = random_matrix(rows, cols, rng);
    EXPECT_TRUE(close(log_sum_exp(z), in_long_double(z), bound(cols)));
  }
}

// L equal values v: log(L e^v) = v + log L. One value alone: v itself, to the last bit.
TEST(LogSumExp, OfEqualValuesAddsLogL) {
  EXPECT_TRUE(
      close(log_sum_exp(Matrix(2, 31, -1e4)), Matrix(2, 1, -1e4 + std::log(31)), bound(31)));
  EXPECT_TRUE(identical(log_sum_exp(Matrix{{-1e4}, {1e308}}), Matrix{{-1e4}, {1e308}}));
}

// Each row is shifted by its own maximum: the other row's would leave e^-2000 = 0 and log 0.
TEST(LogSumExp, SurvivesRowsFarApart) {
  const Matrix z{{1000, 999, 1000}, {-1000, -1001, -1000}};
  const double above = std::log(2 + std::exp(-1.0));
  EXPECT_TRUE(close(log_sum_exp(z), Matrix{{1000 + above}, {-1000 + above}}, bound(3)));
}

TEST(LogSumExp, StaysFiniteForAnyFiniteLogits) {
  const Matrix z{{1e308, -1e308, 0}, {-1e308, -1e308, -1e308}};
  EXPECT_TRUE(identical(log_sum_exp(z), Matrix{{1e308}, {-1e308}}));
}

// -infinity is how a class is ruled out: e^-infinity = 0 adds nothing.
TEST(LogSumExp, IgnoresMinusInfinity) {
  EXPECT_TRUE(identical(log_sum_exp(Matrix{{5, -kInfinity}}), Matrix{{5}}));
}

TEST(LogSumExp, KeepsNanInItsRow) {
  const Matrix y = log_sum_exp(Matrix{{1, std::nan("")}, {2, -1e4}, {std::nan(""), 1}});
  EXPECT_TRUE(stays_nan(y(0, 0)));
  EXPECT_EQ(y(1, 0), 2);
  EXPECT_TRUE(stays_nan(y(2, 0)));
}

TEST(LogSumExp, TakesNoRowsButNeedsAClass) {
  EXPECT_TRUE(identical(log_sum_exp(Matrix(0, 3)), Matrix(0, 1)));
  EXPECT_TRUE(refuses([] { log_sum_exp(Matrix(3, 0)); }, {"log_sum_exp", "(3, 0)", "class"}));
}

}  // namespace
}  // namespace nn::basic
