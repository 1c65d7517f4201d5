#include "phase2_vectorized/week04_speed/matmul_03_cache_tiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "The product again". Small integers: every sum is exact.
TEST(MatmulCacheTiles, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  Matrix c{{1, 2}, {3, 4}};
  matmul_03_cache_tiles(c, a, b, {.alpha = 2, .beta = 10});
  EXPECT_TRUE(identical(c, Matrix{{126, 148}, {308, 348}}));
}

TEST(MatmulCacheTiles, AwkwardShapes) {
  for (const ProductCase& c : awkward_products()) EXPECT_TRUE(computes(&matmul_03_cache_tiles, c));
}

TEST(MatmulCacheTiles, TransposedOperands) {
  for (const ProductCase& c : transposed_products())
    EXPECT_TRUE(computes(&matmul_03_cache_tiles, c));
}

// Where beta is 0, c starts as NaN, which may not come through.
TEST(MatmulCacheTiles, ScalesAndAdds) {
  for (const ProductCase& c : scaled_products()) EXPECT_TRUE(computes(&matmul_03_cache_tiles, c));
}

TEST(MatmulCacheTiles, EmptySumsAreZero) {
  for (const ProductCase& c : empty_products()) EXPECT_TRUE(computes(&matmul_03_cache_tiles, c));
}

TEST(MatmulCacheTiles, RefusesBadOperands) {
  EXPECT_TRUE(refuses_bad_operands(&matmul_03_cache_tiles));
}

// 0 * NaN is NaN: leaving out the zeros of a hides a broken b.
TEST(MatmulCacheTiles, ZeroTimesNanIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix c(2, 2);
  matmul_03_cache_tiles(c, Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(std::isnan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

// Larger than a tile in both directions, and no multiple of it.
TEST(MatmulCacheTiles, SeveralTiles) {
  EXPECT_TRUE(computes(&matmul_03_cache_tiles, {.M = 3, .N = 2 * kCacheTileN + 7, .K = 5}));
  EXPECT_TRUE(
      computes(&matmul_03_cache_tiles,
               {.M = 5, .N = 259, .K = 2 * kCacheTileK + 3, .scale = {.alpha = 2, .beta = 3}}));
}

}  // namespace
}  // namespace nn::cpu
