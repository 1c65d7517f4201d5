#include "phase2_vectorized/week05_data/normalise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// x (N,C) with a mean and a deviation of its own in each column.
Matrix columns_of_their_own(int N, int C) {
  Philox rng(5);
  Matrix x = random_matrix(N, C, rng);
  for (int n = 0; n < N; ++n) {
    for (int c = 0; c < C; ++c)
      x(n, c) = x(n, c) * (0.25F + static_cast<float>(c)) + 3 - static_cast<float>(c);
  }
  return x;
}

// Mean and deviation of some numbers, in long double.
struct Measured {
  long double mean = 0, deviation = 0;
};
Measured measured(const std::vector<float>& values) {
  Measured m;
  for (const float value : values) m.mean += value;
  m.mean /= static_cast<long double>(values.size());
  for (const float value : values) m.deviation += (value - m.mean) * (value - m.mean);
  m.deviation = std::sqrt(m.deviation / static_cast<long double>(values.size()));
  return m;
}

std::vector<float> column(const Matrix& x, const std::vector<int>& rows, int c) {
  std::vector<float> values;
  for (const int n : rows) values.push_back(x(n, c));
  return values;
}

// Sums in double err by 2^-53 of what they add up, a thousandth of a float's roundoff; what is left
// is the one rounding to float. Twice that is allowed.
constexpr Bound kOneRounding{.abs = 1e-12, .rel = 2 * kUnitRoundoff32};

TEST(MeasureFeatures, WorkedExample) {
  const Matrix x{{1, 7, 100}, {3, 7, 200}, {99, 99, 99}, {5, 7, 600}};
  const Normalisation by = measure_features(x, std::vector{0, 1, 3});
  EXPECT_TRUE(identical(by.mean, Matrix{{3, 7, 300}}));
  // Distances -2 0 2: the mean of their squares is 8/3. Of 7 7 7 there is none.
  const Matrix want{
      {static_cast<float>(std::sqrt(8.0 / 3)), 1, static_cast<float>(std::sqrt(140000.0 / 3))}};
  EXPECT_TRUE(close(by.deviation, want, kOneRounding));
}

TEST(MeasureFeatures, OfTheGivenRowsOnly) {
  const Matrix x = columns_of_their_own(33, 17);
  std::vector<int> rows;
  for (int n = 0; n < 33; n += 2) rows.push_back((n * 7) % 33);
  const Normalisation by = measure_features(x, rows);
  Matrix mean(1, 17), deviation(1, 17);
  for (int c = 0; c < 17; ++c) {
    const Measured m = measured(column(x, rows, c));
    mean(0, c) = static_cast<float>(m.mean);
    deviation(0, c) = static_cast<float>(m.deviation);
  }
  EXPECT_TRUE(close(by.mean, mean, kOneRounding));
  EXPECT_TRUE(close(by.deviation, deviation, kOneRounding));
}

// Where the numbers are large and close together, E[x^2] - E[x]^2 has lost what it is asked for:
// in double, with a mean of 1000 and a deviation of 0.01, some 1e-6 of it.
TEST(MeasureFeatures, SmallDeviationAroundALargeMean) {
  Philox rng(6);
  Matrix x(129, 5);
  for (float& value : x.values()) value = static_cast<float>(1000 + 0.01 * rng.normal());
  std::vector<int> rows(129);
  std::iota(rows.begin(), rows.end(), 0);
  Matrix want(1, 5);
  for (int c = 0; c < 5; ++c)
    want(0, c) = static_cast<float>(measured(column(x, rows, c)).deviation);
  EXPECT_TRUE(close(measure_features(x, rows).deviation, want, kOneRounding));
}

TEST(MeasureFeatures, WhatNeverChangesIsDividedByOne) {
  const Matrix x{{0.1F, 2, 0}, {0.1F, 3, 0}, {0.1F, 9, 0}, {0.1F, 4, 0}, {0.1F, 5, 0}};
  const Normalisation by = measure_features(x, std::vector{0, 1, 2, 3, 4});
  EXPECT_EQ(by.mean(0, 0), 0.1F);
  EXPECT_EQ(by.deviation(0, 0), 1);
  EXPECT_EQ(by.deviation(0, 2), 1);
  EXPECT_NE(by.deviation(0, 1), 1);
}

TEST(MeasureAll, OneMeanAndOneDeviationOfAllNumbers) {
  const Matrix x = columns_of_their_own(31, 9);
  const std::vector<int> rows{30, 2, 7, 11, 3, 8, 1};
  std::vector<float> all;
  for (int c = 0; c < 9; ++c) {
    for (const float value : column(x, rows, c)) all.push_back(value);
  }
  const Measured want = measured(all);
  const Normalisation by = measure_all(x, rows);
  ASSERT_EQ(shape_of(by.mean), (Shape{1, 9}));
  ASSERT_EQ(shape_of(by.deviation), (Shape{1, 9}));
  EXPECT_TRUE(close(by.mean, Matrix(1, 9, static_cast<float>(want.mean)), kOneRounding));
  EXPECT_TRUE(close(by.deviation, Matrix(1, 9, static_cast<float>(want.deviation)), kOneRounding));
}

TEST(MeasureAll, AConstantPictureIsDividedByOne) {
  const Normalisation by = measure_all(Matrix(4, 3, 0.5F), std::vector{0, 3});
  EXPECT_EQ(by.deviation(0, 2), 1);
}

// fl((x - m) / d): one rounding of the difference, one of the quotient; two more are allowed, for
// who multiplies by 1 / d.
constexpr Bound kFourRoundings{.abs = 0, .rel = 4.01 * kUnitRoundoff32};

std::vector<double> normalised(ConstMatrixView x, const Normalisation& by) {
  std::vector<double> want;
  for (int n = 0; n < x.rows; ++n) {
    for (int c = 0; c < x.cols; ++c) {
      want.push_back((static_cast<double>(x(n, c)) - by.mean(0, c)) / by.deviation(0, c));
    }
  }
  return want;
}

Normalisation some_normalisation(int C) {
  Normalisation by{Matrix(1, C), Matrix(1, C)};
  for (int c = 0; c < C; ++c) {
    by.mean(0, c) = 0.3F * static_cast<float>(c) - 1;
    by.deviation(0, c) = 0.1F + 0.7F * static_cast<float>(c);
  }
  return by;
}

TEST(Normalise, SubtractsTheMeanAndDividesByTheDeviation) {
  for (const auto& [N, C] :
       std::vector<std::pair<int, int>>{{7, 31}, {33, 13}, {1, 129}, {127, 1}}) {
    Philox rng(7);
    const Matrix x = random_matrix(N, C, rng);
    const Normalisation by = some_normalisation(C);
    Guarded<float> y({N, C});
    normalise({y.data(), N, C, C}, x, by);
    EXPECT_TRUE(close_guarded(y, normalised(x, by), kFourRoundings)) << N << " x " << C;
  }
}

TEST(Normalise, ReadsATransposedMatrix) {
  Philox rng(8);
  const Matrix x = random_matrix(5, 9, rng);
  const Normalisation by = some_normalisation(5);
  Guarded<float> y({9, 5});
  normalise({y.data(), 9, 5, 5}, transposed(x), by);
  EXPECT_TRUE(close_guarded(y, normalised(transposed(x), by), kFourRoundings));
}

TEST(Normalise, InPlace) {
  Philox rng(9);
  Matrix x = random_matrix(7, 11, rng);
  Matrix apart(7, 11);
  const Normalisation by = some_normalisation(11);
  normalise(apart, x, by);
  normalise(x, x, by);
  EXPECT_TRUE(identical(x, apart));
}

TEST(Normalise, LeavesMeanZeroAndDeviationOne) {
  const Matrix x = columns_of_their_own(129, 3);
  std::vector<int> rows(129);
  std::iota(rows.begin(), rows.end(), 0);
  Matrix y(129, 3);
  normalise(y, x, measure_features(x, rows));
  const Normalisation after = measure_features(y, rows);
  for (int c = 0; c < 3; ++c) {
    // The mean and the deviation that were used are rounded to float, the largest column's mean is
    // 3.
    EXPECT_LE(std::abs(after.mean(0, c)), 16 * kUnitRoundoff32) << c;
    EXPECT_LE(std::abs(after.deviation(0, c) - 1), 4 * kUnitRoundoff32) << c;
  }
}

TEST(Normalise, RefusesWhatDoesNotFit) {
  const Matrix x(3, 4);
  Matrix y(3, 4), narrow(3, 5);
  EXPECT_TRUE(refuses([&] { measure_features(x, {}); }, {"no examples"}));
  EXPECT_TRUE(refuses([&] { measure_features(x, std::vector{0, 3}); }, {"row 3", "3 rows"}));
  EXPECT_TRUE(refuses([&] { measure_all(x, std::vector{-1}); }, {"row -1"}));
  EXPECT_TRUE(refuses([&] { normalise(narrow, x, some_normalisation(4)); }, {"(3, 4)", "(3, 5)"}));
  EXPECT_TRUE(refuses([&] { normalise(y, x, some_normalisation(5)); }, {"(1, 5)", "(3, 4)"}));
}

}  // namespace
}  // namespace nn::cpu
