#include "phase1_cpu/week02_losses/sigmoid.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <limits>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// One value rounds four times: e^-x within 1 ulp (2 roundoffs), 1 + e^-x, the division. The
// expected value, rounded once, is the fifth.
constexpr Bound kRoundings{.rel = 5 * kUnitRoundoff64};

Matrix sigmoid_in_long_double(const Matrix& x) {
  Matrix y(x.rows(), x.cols());
  for (int i = 0; i < x.size(); ++i) {
    const long double v = x.values()[i];
    y.values()[i] = static_cast<double>(1 / (1 + std::exp(-v)));  // e^11356 is still finite here
  }
  return y;
}

// The worked example of README.md, "Sigmoid, without overflow": log 3 makes e^x = 3.
TEST(Sigmoid, WorkedExample) {
  const Matrix x{{0, std::log(3), -std::log(3)}};
  EXPECT_TRUE(close(sigmoid(x), Matrix{{0.5, 0.75, 0.25}}, kRoundings));
  const Matrix grad_y{{1, 1, 2}};
  EXPECT_TRUE(close(sigmoid_backward(grad_y, x), Matrix{{0.25, 0.1875, 0.375}},
                    Bound{.rel = 11 * kUnitRoundoff64}));  // two sigmoids and two products
}

TEST(Sigmoid, MatchesReference) {
  for (const std::string name : {"sigmoid", "sigmoid_extreme"}) {
    const Matrix x = golden_matrix(name + "/x"), grad_y = golden_matrix(name + "/grad_y");
    EXPECT_TRUE(matches_golden(sigmoid(x), name + "/y"));
    EXPECT_TRUE(matches_golden(sigmoid_backward(grad_y, x), name + "/grad_x"));
  }
}

TEST(Sigmoid, IsRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix x = random_matrix(rows, cols, rng);
    EXPECT_TRUE(close(sigmoid(x), sigmoid_in_long_double(x), kRoundings));
  }
}

TEST(Sigmoid, IsExactFarFromZero) {
  const Matrix x{{kInfinity, 1e308, 1e4, 710, -1e4, -1e308, -kInfinity}};
  EXPECT_TRUE(identical(sigmoid(x), Matrix{{1, 1, 1, 1, 0, 0, 0}}));
}

// e^-x alone reaches infinity at x = -709.8, where sigmoid itself is still 1.6e-308 and goes on
// down to 4.9e-324, the smallest double. Down there doubles are 4.9e-324 apart, and the bound is
// that many times 4 (e^x within 1 ulp in each of two implementations, and a division).
TEST(Sigmoid, KeepsTheSmallestValues) {
  const Matrix x{{-40, -709, -720, -740}};
  const double step = std::numeric_limits<double>::denorm_min();
  EXPECT_TRUE(close(sigmoid(x), sigmoid_in_long_double(x),
                    Bound{.abs = 4 * step, .rel = 5 * kUnitRoundoff64}));
}

TEST(Sigmoid, OverflowsNowhereOnTheWay) {
  std::feclearexcept(FE_ALL_EXCEPT);
  sigmoid(Matrix{{-1e4, -720, 720, 1e4}});
  EXPECT_EQ(std::fetestexcept(FE_OVERFLOW), 0)
      << "an exponential of a large positive number became infinite on the way to the result";
}

TEST(Sigmoid, LetsNanThrough) {
  const Matrix x{{std::nan(""), 1.0}};
  EXPECT_TRUE(stays_nan(sigmoid(x)(0, 0)));
  EXPECT_FALSE(std::isnan(sigmoid(x)(0, 1)));
  EXPECT_TRUE(stays_nan(sigmoid_backward(Matrix{{1, 1}}, x)(0, 0)));
}

TEST(Sigmoid, BackwardIsTheMeasuredSlope) {
  const Matrix x{{-2.5, -0.75, 0}, {0.5, 1.25, 4}}, grad_y{{1, -2, 3}, {0.5, 4, -1}};
  const double third = 0.125;  // |sigmoid'''| <= 1/8, at 0
  EXPECT_TRUE(close(sigmoid_backward(grad_y, x), numeric_backward(sigmoid, grad_y, x),
                    numeric_backward_bound(sigmoid(x), grad_y, 5, third)));
}

TEST(Sigmoid, TakesNoElements) {
  EXPECT_TRUE(identical(sigmoid(Matrix(0, 3)), Matrix(0, 3)));
  EXPECT_TRUE(identical(sigmoid_backward(Matrix(0, 3), Matrix(0, 3)), Matrix(0, 3)));
}

TEST(Sigmoid, BackwardRefusesDifferentShapes) {
  EXPECT_TRUE(refuses([] { sigmoid_backward(Matrix(2, 3), Matrix(3, 2)); },
                      {"sigmoid_backward", "(2, 3)", "(3, 2)"}));
}

}  // namespace
}  // namespace nn::basic
