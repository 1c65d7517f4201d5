#include "phase1_cpu/week01_matrix/matmul_ijk.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/transpose.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "The product". Small integers: every sum is exact.
TEST(MatmulIjk, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  EXPECT_TRUE(identical(matmul_ijk(a, b), Matrix{{58, 64}, {139, 154}}));
}

TEST(MatmulIjk, MatchesReference) {
  for (const std::string name : {"matmul", "matmul_extreme"}) {
    const Matrix c = matmul_ijk(golden_matrix(name + "/a"), golden_matrix(name + "/b"));
    EXPECT_TRUE(matches_golden(c, name + "/c"));
  }
}

// Shapes that are neither square nor round, each extent at 1 once.
TEST(MatmulIjk, AwkwardShapes) {
  Philox rng(5);
  for (const auto& [M, K, N] : {std::array{1, 31, 33}, {33, 1, 127}, {31, 129, 1}, {7, 33, 129}}) {
    const Matrix a = random_matrix(M, K, rng), b = random_matrix(K, N, rng);
    EXPECT_TRUE(close(matmul_ijk(a, b), product_in_long_double(a, b), product_bound(a, b)))
        << "M=" << M << " K=" << K << " N=" << N;
  }
}

// (a . b)^T = b^T . a^T: both sides sum the same products.
TEST(MatmulIjk, TransposedProductIsTheProductOfTheTransposed) {
  Philox rng(6);
  const Matrix a = random_matrix(5, 33, rng), b = random_matrix(33, 3, rng);
  EXPECT_TRUE(close(matmul_ijk(transpose(b), transpose(a)), transpose(matmul_ijk(a, b)),
                    transpose(product_bound(a, b))));
}

// 0 * NaN is NaN. A product that leaves out the zeros of a hides a broken b.
TEST(MatmulIjk, ZeroTimesNanIsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Matrix c = matmul_ijk(Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(stays_nan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

TEST(MatmulIjk, EmptySumsAreZero) {
  EXPECT_TRUE(identical(matmul_ijk(Matrix(2, 0), Matrix(0, 3)), Matrix(2, 3)));
  EXPECT_TRUE(identical(matmul_ijk(Matrix(0, 4), Matrix(4, 3)), Matrix(0, 3)));
}

TEST(MatmulIjk, RefusesShapesThatDoNotChain) {
  EXPECT_TRUE(refuses([] { matmul_ijk(Matrix(2, 3), Matrix(2, 4)); }, {"(2, 3)", "(2, 4)"}));
}

}  // namespace
}  // namespace nn::basic
