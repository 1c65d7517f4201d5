#include "phase2_vectorized/week04_speed/bf16_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

TEST(Bf16, RoundsToNearestTiesToEven) {
  const auto rounded = [](float x) { return from_bf16(to_bf16(x)); };
  EXPECT_EQ(rounded(1), 1);
  EXPECT_EQ(rounded(1 + 0x1p-8F), 1);                // a tie; the even one is below
  EXPECT_EQ(rounded(1 + 3 * 0x1p-8F), 1 + 0x1p-6F);  // a tie; the even one is above
  EXPECT_EQ(rounded(1 + 0x1p-8F + 0x1p-23F), 1 + 0x1p-7F);
  EXPECT_EQ(rounded(-0.75F), -0.75F);
  EXPECT_TRUE(std::isfinite(rounded(std::numeric_limits<float>::max())));
}

// Small integers: sums are exact in any order, so every place of both layouts is held to a number.
void matches_loops(const Bf16Tile& tile) {
  constexpr int kBlocks = 2, kDepth = kBlocks * kBf16Depth;
  Matrix a(kBf16Rows, kDepth), b(kDepth, kBf16Cols), want(kBf16Rows, kBf16Cols, 3);
  std::vector<Bf16> a_block(kBlocks * kBf16Block), b_block(kBlocks * kBf16Block);
  for (int m = 0; m < kBf16Rows; ++m) {
    for (int k = 0; k < kDepth; ++k) {
      a(m, k) = static_cast<float>((m * 5 + k * 3) % 11 - 4);
      a_block[static_cast<std::size_t>(k / 32 * kBf16Block + m * 32 + k % 32)] = to_bf16(a(m, k));
    }
  }
  for (int k = 0; k < kDepth; ++k) {
    for (int n = 0; n < kBf16Cols; ++n) {
      b(k, n) = static_cast<float>((k * 7 + n * 2) % 13 - 6);
      b_block[static_cast<std::size_t>(k / 32 * kBf16Block + k % 32 / 2 * 32 + n * 2 + k % 2)] =
          to_bf16(b(k, n));
    }
  }
  for (int m = 0; m < kBf16Rows; ++m) {
    for (int n = 0; n < kBf16Cols; ++n) {
      for (int k = 0; k < kDepth; ++k) want(m, n) += a(m, k) * b(k, n);
    }
  }
  Matrix c(kBf16Rows, kBf16Cols, 3);
  tile.multiply_add(c.data(), a_block.data(), b_block.data(), kBlocks);
  EXPECT_TRUE(identical(c, want)) << tile.name;
}

TEST(Bf16Tile, SoftwareTile) { matches_loops(software_bf16_tile()); }

TEST(Bf16Tile, AmxTile) {
  if (amx_bf16_tile() == nullptr) GTEST_SKIP() << "this processor has no AMX with bf16";
  matches_loops(*amx_bf16_tile());
}

}  // namespace
}  // namespace nn::cpu
