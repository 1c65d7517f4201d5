#include "phase1_cpu/week02_losses/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// In roundoffs, relative: z - m is rounded, so e^(z - m) is off by |z - m| and by 2 (exp within
// 1 ulp); the sum by log L (the mean of those, weighted by p), 2, and L - 1 additions; the division
// by 1, the expected value by 1.
Bound bound(const Matrix& z) {
  double distance = 0;
  for (int b = 0; b < z.rows(); ++b) {
    const auto [low, high] = std::minmax_element(z.row(b).begin(), z.row(b).end());
    distance = std::max(distance, *high - *low);
  }
  const int L = z.cols();
  return {.rel = (distance + 2 + std::log(L) + 2 + (L - 1) + 2) * kUnitRoundoff64};
}

// Straight from the definition. long double's exponent range makes the shift unnecessary here.
Matrix in_long_double(const Matrix& z) {
  Matrix p(z.rows(), z.cols());
  for (int b = 0; b < z.rows(); ++b) {
    long double total = 0;
    for (const double v : z.row(b)) total += std::exp(static_cast<long double>(v));
    for (int l = 0; l < z.cols(); ++l) {
      p(b, l) = static_cast<double>(std::exp(static_cast<long double>(z(b, l))) / total);
    }
  }
  return p;
}

// The worked example of README.md, "Softmax".
TEST(Softmax, WorkedExample) {
  const Matrix z{{1, 2, 3}, {1001, 1002, 1003}};
  const Matrix p{{0.09003057317038046, 0.24472847105479764, 0.6652409557748219},
                 {0.09003057317038046, 0.24472847105479764, 0.6652409557748219}};
  EXPECT_TRUE(close(softmax(z), p, bound(z)));
}

TEST(Softmax, MatchesReference) {
  for (const std::string name : {"softmax", "softmax_extreme"}) {
    EXPECT_TRUE(matches_golden(softmax(golden_matrix(name + "/z")), name + "/p"));
  }
}

TEST(Softmax, IsRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix z = random_matrix(rows, cols, rng);
    EXPECT_TRUE(close(softmax(z), in_long_double(z), bound(z)));
  }
}

// The common factor 1 / total cancels in the sum. What remains are L - 1 additions in softmax,
// L - 1 here, and a division: less than 2 L roundoffs.
TEST(Softmax, RowsSumToOne) {
  Philox rng(2);
  const int B = 33, L = 127;
  const Matrix p = softmax(random_matrix(B, L, rng));
  Matrix sums(B, 1);
  for (int b = 0; b < B; ++b) {
    for (const double v : p.row(b)) {
      EXPECT_GT(v, 0);
      sums(b, 0) += v;
    }
  }
  EXPECT_TRUE(close(sums, Matrix(B, 1, 1.0), Bound{.abs = 2 * L * kUnitRoundoff64}));
}

// Adding a number to a whole row changes nothing. Logits that are multiples of 2^-10 take the shift
// without rounding.
TEST(Softmax, DoesNotSeeAShiftOfTheRow) {
  Philox rng(3);
  Matrix z = random_matrix(7, 33, rng);
  for (double& v : z.values()) v = std::round(v * 1024) / 1024;
  Matrix shifted = z;
  for (int b = 0; b < z.rows(); ++b) {
    for (double& v : shifted.row(b)) v += 1000 * (b - 3);
  }
  const Bound once = bound(z);
  EXPECT_TRUE(close(softmax(shifted), softmax(z), Bound{.rel = 2 * once.rel}));
}

TEST(Softmax, StaysFiniteForAnyFiniteLogits) {
  const Matrix z{{1e4, -1e4}, {1e308, -1e308}, {-1e308, -1e308}, {0, -1e4}};
  EXPECT_TRUE(identical(softmax(z), Matrix{{1, 0}, {1, 0}, {0.5, 0.5}, {1, 0}}));
}

TEST(Softmax, OfOneClassIsCertain) {
  EXPECT_TRUE(identical(softmax(Matrix{{-1e4}, {0}, {7}}), Matrix{{1}, {1}, {1}}));
}

TEST(Softmax, GivesMinusInfinityNoProbability) {
  EXPECT_TRUE(identical(softmax(Matrix{{3, -kInfinity, 3}}), Matrix{{0.5, 0, 0.5}}));
}

TEST(Softmax, KeepsNanInItsRow) {
  const Matrix p = softmax(Matrix{{0, 0}, {std::nan(""), 1}, {1, std::nan("")}, {2, 2}});
  for (int l = 0; l < 2; ++l) {
    EXPECT_EQ(p(0, l), 0.5);
    EXPECT_TRUE(stays_nan(p(1, l)));
    EXPECT_TRUE(stays_nan(p(2, l)));
    EXPECT_EQ(p(3, l), 0.5);
  }
}

TEST(Softmax, TakesNoRowsButNeedsAClass) {
  EXPECT_TRUE(identical(softmax(Matrix(0, 3)), Matrix(0, 3)));
  EXPECT_TRUE(refuses([] { softmax(Matrix(3, 0)); }, {"softmax", "(3, 0)", "class"}));
}

}  // namespace
}  // namespace nn::basic
