#include "phase2_vectorized/week04_speed/matmul_01_ijk.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "The product again". Small integers: every sum is exact.
TEST(MatmulIjk, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  Matrix c{{1, 2}, {3, 4}};
  matmul_01_ijk(c, a, b, {.alpha = 2, .beta = 10});
  EXPECT_TRUE(identical(c, Matrix{{126, 148}, {308, 348}}));
}

TEST(MatmulIjk, AwkwardShapes) {
  for (const ProductCase& c : awkward_products()) EXPECT_TRUE(computes(&matmul_01_ijk, c));
}

TEST(MatmulIjk, TransposedOperands) {
  for (const ProductCase& c : transposed_products()) EXPECT_TRUE(computes(&matmul_01_ijk, c));
}

// Where beta is 0, c starts as NaN, which may not come through.
TEST(MatmulIjk, ScalesAndAdds) {
  for (const ProductCase& c : scaled_products()) EXPECT_TRUE(computes(&matmul_01_ijk, c));
}

TEST(MatmulIjk, EmptySumsAreZero) {
  for (const ProductCase& c : empty_products()) EXPECT_TRUE(computes(&matmul_01_ijk, c));
}

TEST(MatmulIjk, RefusesBadOperands) { EXPECT_TRUE(refuses_bad_operands(&matmul_01_ijk)); }

// 0 * NaN is NaN: leaving out the zeros of a hides a broken b.
TEST(MatmulIjk, ZeroTimesNanIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix c(2, 2);
  matmul_01_ijk(c, Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(std::isnan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

}  // namespace
}  // namespace nn::cpu
