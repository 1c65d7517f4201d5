#include "phase2_vectorized/week04_speed/matmul_07_amx_split.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// What the three products left out and the sums of the small ones may add to float's own K + 3
// roundings: 2^-23 for each term is 2 of them; the small sums, 5 K additions of at most 2^-7 of the
// whole, are K / 25.
int more_roundings(const ProductCase& c) { return 3 + c.K / 25; }

// The worked example of README.md, "The product again". Small integers: every sum is exact.
TEST(MatmulAmxSplit, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  Matrix c{{1, 2}, {3, 4}};
  matmul_07_amx_split(c, a, b, {.alpha = 2, .beta = 10});
  EXPECT_TRUE(identical(c, Matrix{{126, 148}, {308, 348}}));
}

TEST(MatmulAmxSplit, AwkwardShapes) {
  for (const ProductCase& c : awkward_products())
    EXPECT_TRUE(computes(&matmul_07_amx_split, c, more_roundings(c)));
}

TEST(MatmulAmxSplit, TransposedOperands) {
  for (const ProductCase& c : transposed_products())
    EXPECT_TRUE(computes(&matmul_07_amx_split, c, more_roundings(c)));
}

// Where beta is 0, c starts as NaN, which may not come through.
TEST(MatmulAmxSplit, ScalesAndAdds) {
  for (const ProductCase& c : scaled_products())
    EXPECT_TRUE(computes(&matmul_07_amx_split, c, more_roundings(c)));
}

TEST(MatmulAmxSplit, EmptySumsAreZero) {
  for (const ProductCase& c : empty_products())
    EXPECT_TRUE(computes(&matmul_07_amx_split, c, more_roundings(c)));
}

TEST(MatmulAmxSplit, RefusesBadOperands) {
  EXPECT_TRUE(refuses_bad_operands(&matmul_07_amx_split));
}

// 0 * NaN is NaN: leaving out the zeros of a hides a broken b.
TEST(MatmulAmxSplit, ZeroTimesNanIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix c(2, 2);
  matmul_07_amx_split(c, Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(std::isnan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

// The worked example of README.md, "Three halves make a whole": 1 + 2^-9 + 2^-20 in three parts.
TEST(MatmulAmxSplit, ThreeParts) {
  Bf16 parts[3];
  split(parts, 1 + 0x1p-9F + 0x1p-20F);
  EXPECT_TRUE(
      identical(std::vector<float>{from_bf16(parts[0]), from_bf16(parts[1]), from_bf16(parts[2])},
                std::vector<double>{1, 0x1p-9, 0x1p-20}));
}

TEST(MatmulAmxSplit, PartsAddUpToTheNumber) {
  Philox rng(11);
  for (int i = 0; i < 1000; ++i) {
    const auto x = static_cast<float>(rng.normal() * std::exp2(rng.normal() * 15));
    if (!splits(x)) continue;
    Bf16 parts[3];
    split(parts, x);
    const double sum = double{from_bf16(parts[0])} + from_bf16(parts[1]) + from_bf16(parts[2]);
    ASSERT_EQ(sum, x);
    ASSERT_LE(std::abs(from_bf16(parts[1])), std::abs(x) * 0x1p-8);
    ASSERT_LE(std::abs(from_bf16(parts[2])), std::abs(x) * 0x1p-16);
  }
}

// One product: nothing but the split is between this and float. Five parts would be seen here.
TEST(MatmulAmxSplit, OneTermIsAFloatProduct) {
  for (const ProductCase& c : {ProductCase{.M = 17, .N = 33, .K = 1}, {.M = 19, .N = 21, .K = 2}}) {
    EXPECT_TRUE(computes(&matmul_07_amx_split, c, more_roundings(c)));
  }
}

// Infinities and NaN do not split, and numbers far from 1 would lose their lower parts.
TEST(MatmulAmxSplit, WhatDoesNotSplitGoesAnotherWay) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const float x : {inf, -inf, 0x1p-60F, 0x1p70F, 0x1p-140F}) {
    Matrix c(1, 2);
    matmul_07_amx_split(c, Matrix{{x, 0}}, Matrix{{1, -2}, {0, 0}});
    EXPECT_EQ(c(0, 0), x);
    EXPECT_EQ(c(0, 1), -2 * x);
  }
}

}  // namespace
}  // namespace nn::cpu
