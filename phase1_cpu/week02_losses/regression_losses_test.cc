#include "phase1_cpu/week02_losses/regression_losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/elementwise.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Regression losses".
const Matrix kY{{1, 2, 3}, {4, 5, 6}};
const Matrix kT{{1, 0, 6}, {4.5, 5, 4}};

TEST(RegressionLosses, WorkedExample) {
  EXPECT_TRUE(identical(Matrix{{mse(kY, kT)}}, Matrix{{2.875}}));
  EXPECT_TRUE(identical(Matrix{{mae(kY, kT)}}, Matrix{{1.25}}));
  // Thirds and sixths: division and product are rounded, and so is the expected value.
  const Bound roundings{.rel = 3 * kUnitRoundoff64};
  EXPECT_TRUE(
      close(mse_backward(kY, kT), Matrix{{0, 2.0 / 3, -1}, {-0.5 / 3, 0, 2.0 / 3}}, roundings));
  const double sixth = 1.0 / 6;
  EXPECT_TRUE(
      close(mae_backward(kY, kT), Matrix{{0, sixth, -sixth}, {-sixth, 0, sixth}}, roundings));
}

TEST(RegressionLosses, MatchReference) {
  for (const std::string extremes : {"", "_extreme"}) {
    const std::string of_mse = "mse" + extremes, of_mae = "mae" + extremes;
    const Matrix y = golden_matrix(of_mse + "/y"), t = golden_matrix(of_mse + "/t");
    EXPECT_TRUE(matches_golden(mse(y, t), of_mse + "/loss"));
    EXPECT_TRUE(matches_golden(mse_backward(y, t), of_mse + "/grad"));
    EXPECT_TRUE(matches_golden(mae(y, t), of_mae + "/loss"));
    EXPECT_TRUE(matches_golden(mae_backward(y, t), of_mae + "/grad"));
  }
}

// n positive terms in any order of summation: n - 1 roundings, 3 for the square of a difference,
// 1 for the division, 1 for the expected value.
TEST(RegressionLosses, AreRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix y = random_matrix(rows, cols, rng), t = random_matrix(rows, cols, rng);
    long double squares = 0, sizes = 0;
    for (int i = 0; i < y.size(); ++i) {
      const long double error = static_cast<long double>(y.values()[i]) - t.values()[i];
      squares += error * error;
      sizes += std::abs(error);
    }
    const Bound bound{.rel = (y.size() + 4) * kUnitRoundoff64};
    EXPECT_TRUE(
        close(Matrix{{mse(y, t)}}, Matrix{{static_cast<double>(squares / y.size())}}, bound));
    EXPECT_TRUE(close(Matrix{{mae(y, t)}}, Matrix{{static_cast<double>(sizes / y.size())}}, bound));
  }
}

// y^2 - 2 y t + t^2 is (y - t)^2 on paper. Where y and t are large beside their difference it loses
// the digits that the large squares push out: 64^2 is 4096, and the difference about 1.
TEST(RegressionLosses, KeepTheirDigitsWhereAnswerAndTargetAreLarge) {
  Philox rng(2);
  const Matrix around(33, 31, 64.0);
  const Matrix y = around + random_matrix(33, 31, rng), t = around + random_matrix(33, 31, rng);
  for (int b = 0; b < y.rows(); ++b) {  // a row each, so that the bound is that of 31 terms
    Matrix y_row(1, y.cols()), t_row(1, y.cols());
    std::ranges::copy(y.row(b), y_row.row(0).begin());
    std::ranges::copy(t.row(b), t_row.row(0).begin());
    long double squares = 0;
    for (int c = 0; c < y.cols(); ++c) {
      const long double error = static_cast<long double>(y(b, c)) - t(b, c);
      squares += error * error;
    }
    EXPECT_TRUE(close(Matrix{{mse(y_row, t_row)}},
                      Matrix{{static_cast<double>(squares / y.cols())}},
                      Bound{.rel = (y.cols() + 4) * kUnitRoundoff64}));
  }
}

TEST(RegressionLosses, AreZeroOnlyForTheRightAnswer) {
  EXPECT_TRUE(identical(mse(kY, kY), 0));
  EXPECT_TRUE(identical(mae(kY, kY), 0));
  EXPECT_TRUE(identical(mse_backward(kY, kY), Matrix(2, 3)));
  EXPECT_TRUE(identical(mae_backward(kY, kY), Matrix(2, 3)));
  EXPECT_TRUE(identical(mse(Matrix{{0, 1}}, Matrix{{1, 0}}), 1));  // errors do not cancel
  EXPECT_TRUE(identical(mae(Matrix{{0, 1}}, Matrix{{1, 0}}), 1));
}

// One target in a hundred is a hundred off: the mean of squares is carried by that one, the mean of
// sizes is not.
TEST(RegressionLosses, WeighAnOutlierDifferently) {
  Matrix y(100, 1), t(100, 1);
  t(42, 0) = 100;
  EXPECT_TRUE(identical(mse(y, t), 100));
  EXPECT_TRUE(identical(mae(y, t), 1));
  EXPECT_TRUE(identical(mse_backward(y, t)(42, 0), -2));
  EXPECT_TRUE(identical(mae_backward(y, t)(42, 0), -0.01));
}

TEST(RegressionLosses, StayInRange) {
  EXPECT_TRUE(identical(mae(Matrix{{1e308}}, Matrix{{0}}), 1e308));
  EXPECT_TRUE(identical(mse(Matrix{{1e4, -1e4}}, Matrix{{-1e4, 1e4}}), 4e8));
  // 1e308 squared is no double: infinity says so.
  EXPECT_TRUE(
      identical(mse(Matrix{{1e308}}, Matrix{{0}}), std::numeric_limits<double>::infinity()));
}

TEST(RegressionLosses, LetNanThrough) {
  const Matrix y{{1, std::nan("")}}, t{{1, 1}};
  EXPECT_TRUE(stays_nan(mse(y, t)));
  EXPECT_TRUE(stays_nan(mae(y, t)));
  EXPECT_TRUE(stays_nan(mse(t, y)));
  EXPECT_TRUE(stays_nan(mse_backward(y, t)(0, 1)));
}

TEST(RegressionLosses, BackwardIsTheMeasuredGradient) {
  const Matrix y{{0.5, -1, 2}, {0.25, 3, -0.75}}, t{{1, -2, 0.5}, {3, 0.125, -1}};
  // A parabola and straight lines: no third derivative. 6 terms, 4 roundings more.
  EXPECT_TRUE(close(mse_backward(y, t),
                    numeric_gradient([&](const Matrix& moved) { return mse(moved, t); }, y),
                    numeric_gradient_bound(mse(y, t), 6 + 4, 0)));
  EXPECT_TRUE(close(mae_backward(y, t),
                    numeric_gradient([&](const Matrix& moved) { return mae(moved, t); }, y),
                    numeric_gradient_bound(mae(y, t), 6 + 4, 0)));
}

TEST(RegressionLosses, RefuseDifferentShapesAndNothing) {
  const Matrix a(2, 3), b(3, 2), none(0, 3);
  EXPECT_TRUE(refuses([&] { mse(a, b); }, {"mse", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { mae(a, b); }, {"mae", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { mse_backward(a, b); }, {"mse_backward", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { mae_backward(a, b); }, {"mae_backward", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { mse(none, none); }, {"mse", "(0, 3)", "mean"}));
  EXPECT_TRUE(refuses([&] { mae(none, none); }, {"mae", "(0, 3)", "mean"}));
  EXPECT_TRUE(refuses([&] { mse_backward(none, none); }, {"mse_backward", "(0, 3)", "mean"}));
  EXPECT_TRUE(refuses([&] { mae_backward(none, none); }, {"mae_backward", "(0, 3)", "mean"}));
}

}  // namespace
}  // namespace nn::basic
