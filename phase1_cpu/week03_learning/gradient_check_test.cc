#include "phase1_cpu/week03_learning/gradient_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <limits>
#include <vector>

#include "common/check.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

double cube(const Matrix& w) { return w(0, 0) * w(0, 0) * w(0, 0); }

// sum of sin(w) * (1 + index): smooth, and every element has another derivative.
double waves(const Matrix& w) {
  double total = 0;
  for (int i = 0; i < w.size(); ++i) total += (1 + i) * std::sin(w.values()[i]);
  return total;
}
Matrix waves_gradient(const Matrix& w) {
  Matrix gradient(w.rows(), w.cols());
  for (int i = 0; i < w.size(); ++i) gradient.values()[i] = (1 + i) * std::cos(w.values()[i]);
  return gradient;
}

// sum of max(w, 0), which has a kink wherever an element is 0; its derivative is taken as 0 there.
double ramps(const Matrix& w) {
  double total = 0;
  for (const double value : w.values()) total += std::max(value, 0.0);
  return total;
}
Matrix ramps_gradient(const Matrix& w) {
  Matrix gradient(w.rows(), w.cols());
  for (int i = 0; i < w.size(); ++i) gradient.values()[i] = w.values()[i] > 0 ? 1 : 0;
  return gradient;
}

// README.md, "The gradient checker": for w^3 the error is h^2 exactly, since f''' = 6.
TEST(CentralDifference, WorkedExample) {
  EXPECT_TRUE(
      identical(central_difference(cube, Matrix{{1}}, 0.5)(0, 0), 3.25));  // (3.375 - 0.125) / 1
  EXPECT_TRUE(identical(central_difference(cube, Matrix{{1}}, 0.25)(0, 0),
                        3.0625));  // a quarter of the error
}

TEST(CentralDifference, FindsTheDerivativeOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [M, N] : {std::array{1, 1}, {1, 33}, {31, 2}}) {
    const Matrix w = random_matrix(M, N, rng);
    // f''' is at most M N, |w| below 5 scales the step; sin and the sum are right to M N roundings
    // of at most (M N)^2 / 2, the sum of the factors.
    const double n = w.size(), h = 5 * kGradientStep;
    const Bound bound{.abs = h * h / 6 * n + n * kUnitRoundoff64 * n * (n + 1) / 2 / kGradientStep};
    EXPECT_TRUE(close(central_difference(waves, w), waves_gradient(w), bound));
  }
}

// The error of the derivative of e^w at 1 falls with h^2 until rounding takes over, and then rises with
// 1 / h. Prints the table of README.md, "The gradient checker".
TEST(CentralDifference, StepTradesTruncationForRounding) {
  const auto error = [](double h) {
    const auto f = [](const Matrix& w) { return std::exp(w(0, 0)); };
    return std::abs(central_difference(f, Matrix{{1}}, h)(0, 0) - std::exp(1.0));
  };
  for (int digits = 1; digits <= 13; ++digits) {
    std::cout << "h = 1e-" << digits << ": error " << error(std::pow(10, -digits)) << "\n";
  }
  for (const double h : {1e-1, 1e-2, 1e-3}) {
    // h^2 f''' / 6, and the next term of the series, h^4 f^(5) / 120, below 0.1 % of it.
    EXPECT_TRUE(close(std::vector{error(h)}, std::vector{h * h / 6 * std::exp(1.0)},
                      Bound{.abs = 1e-3 * h * h}))
        << "h=" << h;
  }
  EXPECT_LT(error(kGradientStep), 1e-10);
  EXPECT_GT(error(1e-13), 1e-6);  // u e / h = 3e-3, less where the two roundings happen to agree
}

TEST(CentralDifference, WideElementsGetWideSteps) {
  const auto square = [](const Matrix& w) { return w(0, 0) * w(0, 0); };
  // No truncation; rounding u f / h = u w^2 / (h w), relative to 2 w: u / (2 h) = 1.2e-11.
  EXPECT_TRUE(close(central_difference(square, Matrix{{123456789}}), Matrix{{246913578}},
                    Bound{.rel = 2.4e-11}));
}

TEST(CentralDifference, RefusesWhatHasNoDifference) {
  EXPECT_THROW(central_difference(cube, Matrix{{1}}, 0), Error);
  EXPECT_THROW(central_difference(cube, Matrix{{1}}, std::nan("")), Error);
  EXPECT_THROW(central_difference(cube, Matrix{{1}}, 1e-17), Error);  // 1 + 1e-17 is 1
  const auto constant = [](const Matrix&) { return 0.0; };
  EXPECT_THROW(central_difference(constant, Matrix{{std::nan("")}}), Error);
  const auto log_of = [](const Matrix& w) { return std::log(w(0, 0)); };
  EXPECT_THROW(central_difference(log_of, Matrix{{0}}), Error);  // NaN on the left
}

TEST(CheckGradient, PassesRightOnes) {
  Philox rng(2);
  for (const auto& [M, N] : {std::array{1, 1}, {1, 33}, {31, 5}}) {
    const Matrix w = random_matrix(M, N, rng);
    const GradientCheck check = check_gradient(waves, w, waves_gradient(w));
    EXPECT_TRUE(check.ok()) << check.report();
    EXPECT_EQ(check.kinks, 0) << check.report();
    EXPECT_EQ(check.elements, M * N);
  }
}

// The mistakes of backward passes. Each must be seen, the smallest of one part in a million too.
TEST(CheckGradient, CatchesWrongOnes) {
  Philox rng(3);
  const Matrix w = random_matrix(3, 7, rng), right = waves_gradient(w);
  const auto wrong_of = [&](auto change) {
    Matrix claimed = right;
    for (double& g : claimed.values()) g = change(g);
    return check_gradient(waves, w, claimed).wrong;
  };
  EXPECT_EQ(wrong_of([](double g) { return -g; }), 21);      // sign
  EXPECT_EQ(wrong_of([](double g) { return 2 * g; }), 21);   // a factor
  EXPECT_EQ(wrong_of([](double g) { return g / 21; }), 21);  // a mean taken twice
  EXPECT_EQ(wrong_of([](double) { return 0.0; }), 21);       // forgotten
  EXPECT_EQ(wrong_of([](double g) { return g * (1 + 1e-6); }), 21)
      << "off by one part in a million in every element, and not seen: too much is allowed";
  EXPECT_EQ(wrong_of([](double) { return std::nan(""); }), 21)
      << "a gradient of NaN passed: `error > allowed` is false for NaN";
  EXPECT_EQ(wrong_of([](double g) { return g; }), 0);
}

TEST(CheckGradient, NamesTheWorstElement) {
  Philox rng(4);
  const Matrix w = random_matrix(5, 3, rng);
  for (const double off : {1e-3, std::nan("")}) {
    Matrix claimed = waves_gradient(w);
    claimed(1, 0) += 1e-5;
    claimed(3, 2) += off;
    const GradientCheck check = check_gradient(waves, w, claimed);
    EXPECT_EQ(check.wrong, 2);
    EXPECT_FALSE(check.ok());
    EXPECT_EQ(check.worst_row, 3);
    EXPECT_EQ(check.worst_col, 2);
    EXPECT_NE(check.report().find("2 of 15"), std::string::npos) << check.report();
    EXPECT_NE(check.report().find("(3, 2)"), std::string::npos) << check.report();
  }
}

// A kink within reach of the difference, at every distance from it: the central difference is off by
// up to a half, and the right gradient is not to be blamed for that.
TEST(CheckGradient, DoesNotBlameARightGradientForAKink) {
  Matrix w(1, 82);
  for (int i = 0; i < 81; ++i) w(0, i) = (i - 40) / 16.0 * kGradientStep;  // within 2.5 h of 0
  w(0, 81) = 1;
  const GradientCheck check = check_gradient(ramps, w, ramps_gradient(w));
  EXPECT_TRUE(check.ok()) << check.report();
  EXPECT_GT(check.kinks, 50);  // those less than 2 h away, but the few where the kink hides
  EXPECT_LE(check.kinks, 65);
}

// README.md, "The gradient checker": ramps at a distance of 0.4 h from its kink. The slope there is 1.
TEST(CheckGradient, WorkedExampleAtAKink) {
  const GradientCheck check = check_gradient(ramps, Matrix{{0.4 * kGradientStep}}, Matrix{{1}});
  // allowed: 0.1 + 0.4, and the noise of |f| / h = 0.4 and |D| = 0.7. A dozen roundings of numbers
  // below 1 lead to either.
  const double noise = 100 * kUnitRoundoff64 * (0.4 + 0.7);
  EXPECT_TRUE(close(std::vector{check.numeric, check.allowed}, std::vector{0.7, 0.5 + noise},
                    Bound{.abs = 12 * kUnitRoundoff64}));
  EXPECT_EQ(check.wrong, 0);
  EXPECT_EQ(check.kinks, 1);
}

TEST(CheckGradient, StillCatchesAWrongOneBesideAKink) {
  const Matrix w{{0, 1, -2}};
  EXPECT_EQ(check_gradient(ramps, w, ramps_gradient(w)).kinks, 1);
  EXPECT_EQ(check_gradient(ramps, w, Matrix{{0, 1, 1e-3}}).wrong, 1);
  EXPECT_EQ(check_gradient(ramps, w, Matrix{{0, 0.5, 0}}).wrong, 1);
  EXPECT_EQ(check_gradient(ramps, w, Matrix{{-3, 1, 0}}).wrong, 1);  // no slope is like that there
}

TEST(CheckGradient, PassesNothingWhereAllIsKinks) {
  const GradientCheck check = check_gradient(ramps, Matrix(2, 3), Matrix(2, 3));
  EXPECT_EQ(check.wrong, 0);
  EXPECT_EQ(check.kinks, 6);
  EXPECT_FALSE(check.ok());
  EXPECT_NE(check.report().find("nothing was checked"), std::string::npos) << check.report();
}

TEST(CheckGradient, AConstantHasGradientZero) {
  const auto constant = [](const Matrix&) { return 0.0; };
  EXPECT_TRUE(check_gradient(constant, Matrix{{1, 2}}, Matrix(1, 2)).ok());
  EXPECT_EQ(check_gradient(constant, Matrix{{1, 2}}, Matrix{{0, 1e-9}}).wrong, 1);
}

TEST(CheckGradient, RefusesWhatCannotBeChecked) {
  EXPECT_THROW(check_gradient(cube, Matrix{{1}}, Matrix(1, 2)), Error);
  EXPECT_THROW(check_gradient(waves, Matrix(0, 3), Matrix(0, 3)), Error);
  int calls = 0;
  const auto restless = [&](const Matrix& w) { return w(0, 0) + 1e-9 * ++calls; };
  EXPECT_THROW(check_gradient(restless, Matrix{{1}}, Matrix{{1}}), Error);
  const auto infinite = [](const Matrix& w) { return 1 / w(0, 0); };
  EXPECT_THROW(check_gradient(infinite, Matrix{{0}}, Matrix{{0}}), Error);
}

}  // namespace
}  // namespace nn::basic
