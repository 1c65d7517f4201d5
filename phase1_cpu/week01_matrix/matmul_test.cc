#include "phase1_cpu/week01_matrix/matmul.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "The product". Small integers: every sum is exact.
TEST(Matmul, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  EXPECT_TRUE(identical(matmul(a, b), Matrix{{58, 64}, {139, 154}}));
}

TEST(Matmul, MatchesReference) {
  for (const std::string name : {"matmul", "matmul_extreme"}) {
    const Matrix c = matmul(golden_matrix(name + "/a"), golden_matrix(name + "/b"));
    EXPECT_TRUE(matches_golden(c, name + "/c"));
  }
}

// Shapes that are neither square nor round, each extent at 1 once.
TEST(Matmul, AwkwardShapes) {
  Philox rng(1);
  for (const auto& [M, K, N] : {std::array{1, 31, 33}, {33, 1, 127}, {31, 129, 1}, {7, 33, 129}}) {
    const Matrix a = random_matrix(M, K, rng), b = random_matrix(K, N, rng);
    EXPECT_TRUE(close(matmul(a, b), product_in_long_double(a, b), product_bound(a, b)))
        << "M=" << M << " K=" << K << " N=" << N;
  }
}

// a . I = a, to the last bit: every other term of each sum is a zero.
TEST(Matmul, IdentityChangesNothing) {
  Philox rng(7);
  const Matrix a = random_matrix(31, 33, rng);
  Matrix identity(33, 33);
  for (int k = 0; k < 33; ++k) identity(k, k) = 1;
  EXPECT_TRUE(identical(matmul(a, identity), a));
}

// 0 * NaN is NaN. Leaving out the zeros of a, a tempting shortcut in this loop order, hides a
// broken b.
TEST(Matmul, ZeroTimesNanIsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Matrix c = matmul(Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(stays_nan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

TEST(Matmul, EmptySumsAreZero) {
  EXPECT_TRUE(identical(matmul(Matrix(2, 0), Matrix(0, 3)), Matrix(2, 3)));
  EXPECT_TRUE(identical(matmul(Matrix(0, 4), Matrix(4, 3)), Matrix(0, 3)));
}

TEST(Matmul, RefusesShapesThatDoNotChain) {
  EXPECT_TRUE(refuses([] { matmul(Matrix(2, 3), Matrix(2, 4)); }, {"(2, 3)", "(2, 4)"}));
}

}  // namespace
}  // namespace nn::basic
