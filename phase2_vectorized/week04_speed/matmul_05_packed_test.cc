#include "phase2_vectorized/week04_speed/matmul_05_packed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "The product again". Small integers: every sum is exact.
TEST(MatmulPacked, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  Matrix c{{1, 2}, {3, 4}};
  matmul_05_packed(c, a, b, {.alpha = 2, .beta = 10});
  EXPECT_TRUE(identical(c, Matrix{{126, 148}, {308, 348}}));
}

TEST(MatmulPacked, AwkwardShapes) {
  for (const ProductCase& c : awkward_products()) EXPECT_TRUE(computes(&matmul_05_packed, c));
}

TEST(MatmulPacked, TransposedOperands) {
  for (const ProductCase& c : transposed_products()) EXPECT_TRUE(computes(&matmul_05_packed, c));
}

// Where beta is 0, c starts as NaN, which may not come through.
TEST(MatmulPacked, ScalesAndAdds) {
  for (const ProductCase& c : scaled_products()) EXPECT_TRUE(computes(&matmul_05_packed, c));
}

TEST(MatmulPacked, EmptySumsAreZero) {
  for (const ProductCase& c : empty_products()) EXPECT_TRUE(computes(&matmul_05_packed, c));
}

TEST(MatmulPacked, RefusesBadOperands) { EXPECT_TRUE(refuses_bad_operands(&matmul_05_packed)); }

// 0 * NaN is NaN: leaving out the zeros of a hides a broken b.
TEST(MatmulPacked, ZeroTimesNanIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix c(2, 2);
  matmul_05_packed(c, Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(std::isnan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

// The worked example of README.md, "Copies that pay".
TEST(MatmulPacked, PackedRows) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};
  std::vector<float> packed(8, -1.0F);
  pack_a(packed.data(), a, 4);
  EXPECT_TRUE(identical(packed, std::vector<double>{1, 2, 3, -1, 4, 5, 6, -1}));
  pack_a(packed.data(), transposed(Matrix{{1, 4}, {2, 5}, {3, 6}}), 4);
  EXPECT_TRUE(identical(packed, std::vector<double>{1, 2, 3, -1, 4, 5, 6, -1}));
}

TEST(MatmulPacked, PackedPanel) {
  const Matrix b{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
  Guarded<float> packed(6);
  pack_b(packed.data(), b.view().block(0, 1, 3, 2));
  EXPECT_TRUE(close_guarded(packed, std::vector<double>{2, 3, 6, 7, 10, 11}, Bound{}));
  pack_b(packed.data(), transposed(Matrix{{2, 6, 10}, {3, 7, 11}}));
  EXPECT_TRUE(close_guarded(packed, std::vector<double>{2, 3, 6, 7, 10, 11}, Bound{}));
}

// More than one block in each direction, and no multiple of one.
TEST(MatmulPacked, SeveralBlocks) {
  EXPECT_TRUE(computes(&matmul_05_packed,
                       {.M = 3, .N = 5, .K = 2 * kBlocks.K + 3, .scale = {.alpha = 2, .beta = 3}}));
  EXPECT_TRUE(
      computes(&matmul_05_packed, {.M = kBlocks.M + 5, .N = 37, .K = 3, .a_transposed = true}));
  EXPECT_TRUE(
      computes(&matmul_05_packed, {.M = 3, .N = kBlocks.N + 35, .K = 5, .b_transposed = true}));
  EXPECT_TRUE(computes(&matmul_05_packed, {.M = kBlocks.M + 1, .N = 33, .K = kBlocks.K + 1}));
}

}  // namespace
}  // namespace nn::cpu
