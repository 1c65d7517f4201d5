#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "The product again". Small integers: every sum is exact.
TEST(MatmulRegisterTile, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  Matrix c{{1, 2}, {3, 4}};
  matmul_04_register_tile(c, a, b, {.alpha = 2, .beta = 10});
  EXPECT_TRUE(identical(c, Matrix{{126, 148}, {308, 348}}));
}

TEST(MatmulRegisterTile, AwkwardShapes) {
  for (const ProductCase& c : awkward_products())
    EXPECT_TRUE(computes(&matmul_04_register_tile, c));
}

TEST(MatmulRegisterTile, TransposedOperands) {
  for (const ProductCase& c : transposed_products())
    EXPECT_TRUE(computes(&matmul_04_register_tile, c));
}

// Where beta is 0, c starts as NaN, which may not come through.
TEST(MatmulRegisterTile, ScalesAndAdds) {
  for (const ProductCase& c : scaled_products()) EXPECT_TRUE(computes(&matmul_04_register_tile, c));
}

TEST(MatmulRegisterTile, EmptySumsAreZero) {
  for (const ProductCase& c : empty_products()) EXPECT_TRUE(computes(&matmul_04_register_tile, c));
}

TEST(MatmulRegisterTile, RefusesBadOperands) {
  EXPECT_TRUE(refuses_bad_operands(&matmul_04_register_tile));
}

// 0 * NaN is NaN: leaving out the zeros of a hides a broken b.
TEST(MatmulRegisterTile, ZeroTimesNanIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix c(2, 2);
  matmul_04_register_tile(c, Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(std::isnan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

// Every number of rows and columns that the last tiles may have, with each set of instructions.
TEST(MatmulRegisterTile, EveryPartOfATile) {
  const std::string before = simd_target();
  for (const std::string& name : simd_targets()) {
    use_simd_target(name);
    const RegisterTile& tile = register_tile();
    for (int M = 1; M <= tile.rows + 1; ++M) {
      EXPECT_TRUE(computes(&matmul_04_register_tile, {.M = M, .N = 3, .K = 7})) << name;
    }
    for (int N = 1; N <= tile.cols + 1; ++N) {
      EXPECT_TRUE(computes(&matmul_04_register_tile,
                           {.M = 3, .N = N, .K = 7, .scale = {.alpha = 2, .beta = -1}}))
          << name;
    }
  }
  use_simd_target(before);
}

// An element is the same to the last bit wherever in a tile it stands.
TEST(MatmulRegisterTile, AnElementDoesNotDependOnItsPlace) {
  Philox rng(3);
  const RegisterTile& tile = register_tile();
  const Matrix a = random_matrix(tile.rows + 3, 37, rng), b = random_matrix(37, tile.cols + 5, rng);
  Matrix whole(a.rows(), b.cols()), one(1, 1);
  matmul_04_register_tile(whole, a, b);
  for (int m = 0; m < a.rows(); m += 3) {
    for (int n = 0; n < b.cols(); n += 5) {
      matmul_04_register_tile(one, a.view().block(m, 0, 1, 37), b.view().block(0, n, 37, 1));
      ASSERT_EQ(one(0, 0), whole(m, n)) << m << ", " << n;
    }
  }
}

}  // namespace
}  // namespace nn::cpu
