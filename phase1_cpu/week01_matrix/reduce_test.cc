#include "phase1_cpu/week01_matrix/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

// Elements in [0, 1). Of signed ones the partial sums, and with them the errors, would stay far
// below the bound, and the bound would say little.
Matrix positive_matrix(int rows, int cols, Philox& rng) {
  Matrix m(rows, cols);
  fill_uniform(m.values(), 0.0, 1.0, rng);
  return m;
}

// What a sum of n numbers >= 0 may be off by, relative to the sum, in whatever order it is taken:
// gamma_{n-1} [Higham02 §4.2], and one rounding more for the expected value.
Bound sum_bound(int n) { return {.rel = gamma_bound(n)}; }

// The worked example of README.md, "Many numbers to fewer".
TEST(Reduce, WorkedExample) {
  const Matrix a{{3, 1, 2}, {-4, 5, 5}};
  EXPECT_TRUE(identical(sum(a), 12));
  EXPECT_TRUE(identical(row_sums(a), Matrix{{6}, {6}}));
  EXPECT_TRUE(identical(column_sums(a), Matrix{{-1, 6, 7}}));
  EXPECT_TRUE(identical(argmax_rows(a), std::vector<int>{0, 1}));
}

// README.md, "Why the tests allow an error": the order of a sum changes its last bits, and by no
// more than both orders may be off.
TEST(Summation, OrderChangesTheLastBits) {
  const double left = (0.1 + 0.2) + 0.3, right = 0.1 + (0.2 + 0.3);
  EXPECT_NE(left, right);
  EXPECT_LE(std::abs(left - right), 2 * gamma_bound(2) * 0.6);
}

TEST(Reduce, MatchesReference) {
  const Matrix a = golden_matrix("reduce/a");
  EXPECT_TRUE(matches_golden(sum(a), "reduce/sum"));
  EXPECT_TRUE(matches_golden(row_sums(a), "reduce/row_sums"));
  EXPECT_TRUE(matches_golden(column_sums(a), "reduce/column_sums"));
  EXPECT_TRUE(matches_golden(argmax_rows(a), "reduce/argmax"));
}

TEST(Reduce, SumsOnAwkwardShapes) {
  Philox rng(9);
  for (const auto& [M, N] : awkward_shapes()) {
    const Matrix a = positive_matrix(M, N, rng);
    SCOPED_TRACE(shape_text(a));
    std::vector<long double> by_row(M, 0), by_column(N, 0);
    long double total = 0;
    for (int i = 0; i < M * N; ++i) {
      by_row[i / N] += a.values()[i];
      by_column[i % N] += a.values()[i];
      total += a.values()[i];
    }
    Matrix want_rows(M, 1), want_columns(1, N);
    for (int m = 0; m < M; ++m) want_rows.values()[m] = static_cast<double>(by_row[m]);
    for (int n = 0; n < N; ++n) want_columns.values()[n] = static_cast<double>(by_column[n]);
    EXPECT_TRUE(close(row_sums(a), want_rows, sum_bound(N)));
    EXPECT_TRUE(close(column_sums(a), want_columns, sum_bound(M)));
    EXPECT_TRUE(close(Matrix{{sum(a)}}, Matrix{{static_cast<double>(total)}}, sum_bound(M * N)));
  }
}

TEST(Reduce, SumsOfNothingAreZero) {
  EXPECT_EQ(sum(Matrix(3, 0)), 0);
  EXPECT_TRUE(identical(row_sums(Matrix(3, 0)), Matrix(3, 1)));
  EXPECT_TRUE(identical(column_sums(Matrix(0, 3)), Matrix(1, 3)));
  EXPECT_TRUE(identical(row_sums(Matrix(0, 3)), Matrix(0, 1)));
}

// One distinct largest element a row, in a column that depends on the row.
TEST(ArgmaxRows, FindsThePlantedMaximumOnAwkwardShapes) {
  Philox rng(10);
  for (const auto& [M, N] : awkward_shapes()) {
    Matrix a = positive_matrix(M, N, rng);
    std::vector<int> want;
    for (int m = 0; m < M; ++m) {
      want.push_back((7 * m + N / 2) % N);
      a(m, want.back()) = 1.5;
    }
    EXPECT_TRUE(identical(argmax_rows(a), want)) << shape_text(a);
  }
}

TEST(ArgmaxRows, OfEqualsTheFirst) {
  EXPECT_EQ(argmax_rows(Matrix{{2, 7, 7}, {5, 5, 5}, {0, -0.0, -1}}), (std::vector<int>{1, 0, 0}));
}

TEST(ArgmaxRows, OfNegativeNumbersTheLeastNegative) {
  EXPECT_EQ(argmax_rows(Matrix{{-3, -1, -2}, {-kInfinity, -1e308, -kInfinity}}),
            (std::vector<int>{1, 1}));
}

// A comparison with NaN is false, so a plain `>` steps over it and a broken network looks well.
TEST(ArgmaxRows, NanIsLargestAndTheFirstOneCounts) {
  const Matrix a{{1, kNan, 9}, {kNan, 2, 3}, {1, 2, kNan}, {kInfinity, kNan, kNan}};
  EXPECT_TRUE(identical(argmax_rows(a), std::vector<int>{1, 0, 2, 1}));
}

TEST(ArgmaxRows, MatchesReferenceOnTiesAndNan) {
  const std::vector<int> got = argmax_rows(golden_matrix("argmax_extreme/a"));
  EXPECT_TRUE(matches_golden(got, "argmax_extreme/argmax"));
}

TEST(ArgmaxRows, OneResultARow) {
  EXPECT_EQ(argmax_rows(Matrix(4, 1)), (std::vector<int>{0, 0, 0, 0}));
  EXPECT_TRUE(argmax_rows(Matrix(0, 3)).empty());
}

TEST(ArgmaxRows, RefusesRowsWithoutElements) {
  EXPECT_TRUE(refuses([] { argmax_rows(Matrix(2, 0)); }, {"(2, 0)"}));
}

}  // namespace
}  // namespace nn::basic
