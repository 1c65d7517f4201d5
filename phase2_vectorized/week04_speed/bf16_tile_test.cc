#include "phase2_vectorized/week04_speed/bf16_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/matmul_07_amx_split.h"

#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>

#include "phase2_vectorized/week04_speed/amx_emulator_testing.h"
#endif

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

// Even terms and odd terms have sums of their own: 2^24 + 1 is 2^24 in float, and only what is added
// apart from 2^24 is still there when it goes.
void sums_even_and_odd_terms_apart(const Bf16Tile& tile) {
  // c[0,0] after one block, where column 0 of b is 1 and row 0 of a is as given.
  const auto sum = [&](std::vector<std::pair<int, float>> row_of_a) {
    std::vector<Bf16> a(kBf16Block), b(kBf16Block);
    for (int k = 0; k < kBf16Depth; ++k) {
      b[static_cast<std::size_t>(k / 2 * 2 * kBf16Cols + k % 2)] = to_bf16(1);
    }
    for (const auto& [k, value] : row_of_a) a[static_cast<std::size_t>(k)] = to_bf16(value);
    std::vector<float> c(kBf16Rows * kBf16Cols);
    tile.multiply_add(c.data(), a.data(), b.data(), 1);
    return c[0];
  };
  EXPECT_EQ(sum({{0, 0x1p24F}, {1, 1.0F}, {2, -0x1p24F}}), 1) << tile.name;
  EXPECT_EQ(sum({{0, 0x1p24F}, {2, 1.0F}, {4, -0x1p24F}}), 0) << tile.name;
  EXPECT_EQ(sum({{1, 0x1p24F}, {3, 1.0F}, {5, -0x1p24F}}), 0) << tile.name;
}

// 2^-130 is below the smallest normal float, and 2^120 times it would be 2^-10.
void takes_small_numbers_as_zero(const Bf16Tile& tile) {
  constexpr std::size_t kFirst = 0;
  for (const bool small_a : {true, false}) {
    std::vector<Bf16> a(kBf16Block), b(kBf16Block);
    a[kFirst] = to_bf16(small_a ? 0x1p-130F : 0x1p120F);
    b[kFirst] = to_bf16(small_a ? 0x1p120F : 0x1p-130F);
    std::vector<float> c(kBf16Rows * kBf16Cols);
    c[1] = 0x1p-130F;
    tile.multiply_add(c.data(), a.data(), b.data(), 1);
    EXPECT_EQ(c[0], 0) << tile.name;
    EXPECT_EQ(c[1], 0) << tile.name;
  }
}

TEST(Bf16Tile, EvenAndOddTermsAreSummedApart) {
  sums_even_and_odd_terms_apart(software_bf16_tile());
}

TEST(Bf16Tile, SmallNumbersAreZero) { takes_small_numbers_as_zero(software_bf16_tile()); }

TEST(Bf16Tile, AmxTile) {
  if (amx_bf16_tile() == nullptr) GTEST_SKIP() << "this processor has no AMX with bf16";
  matches_loops(*amx_bf16_tile());
  sums_even_and_odd_terms_apart(*amx_bf16_tile());
  takes_small_numbers_as_zero(*amx_bf16_tile());
}

#if defined(__x86_64__) && defined(__linux__)

// The code for AMX as it was compiled, each of its instructions emulated.
class AmxCode : public testing::Test {
 protected:
  void SetUp() override {
    if (amx_bf16_tile() != nullptr) {
      GTEST_SKIP() << "this processor has AMX and runs the instructions itself";
    }
  }
};

TEST_F(AmxCode, ConfiguresLoadsMultipliesStoresAndReleases) {
  const AmxEmulator emulator;
  matches_loops(*amx_bf16_code());
  EXPECT_EQ(emulator.problem(), "");
  EXPECT_EQ(emulator.instructions(), 2 + 3 * 2 + 2) << "of two blocks";
  EXPECT_TRUE(emulator.released());
}

TEST_F(AmxCode, RoundsAsTheManualSays) {
  const AmxEmulator emulator;
  sums_even_and_odd_terms_apart(*amx_bf16_code());
  takes_small_numbers_as_zero(*amx_bf16_code());
  EXPECT_EQ(emulator.problem(), "");
}

TEST_F(AmxCode, IsTheSoftwareTileBitForBit) {
  constexpr int kBlocks = 5;
  Philox rng(3);
  std::vector<Bf16> a(kBlocks * kBf16Block), b(kBlocks * kBf16Block);
  for (std::vector<Bf16>* x : {&a, &b}) {
    for (Bf16& value : *x) {
      value = to_bf16(static_cast<float>(rng.normal() * std::exp2(4 * rng.normal())));
    }
  }
  std::vector<float> emulated(kBf16Rows * kBf16Cols), software;
  for (float& value : emulated) value = static_cast<float>(rng.normal());
  software = emulated;
  const AmxEmulator emulator;
  amx_bf16_code()->multiply_add(emulated.data(), a.data(), b.data(), kBlocks);
  software_bf16_tile().multiply_add(software.data(), a.data(), b.data(), kBlocks);
  EXPECT_EQ(emulator.problem(), "");
  EXPECT_EQ(emulated, software);
}

TEST_F(AmxCode, ProductsAreTheSoftwareTilesBitForBit) {
  Philox rng(4);
  const AmxEmulator emulator;
  for (const auto* cases : {&awkward_products(), &transposed_products(), &scaled_products()}) {
    for (const ProductCase& product : *cases) {
      const Operand a(random_matrix(product.M, product.K, rng), product.a_transposed);
      const Operand b(random_matrix(product.K, product.N, rng), product.b_transposed);
      Matrix emulated = random_matrix(product.M, product.N, rng), software = emulated;
      matmul_07_amx_split_on(*amx_bf16_code(), emulated, a.view(), b.view(), product.scale);
      matmul_07_amx_split_on(software_bf16_tile(), software, a.view(), b.view(), product.scale);
      EXPECT_TRUE(identical(emulated, software)) << to_string(product);
    }
  }
  EXPECT_EQ(emulator.problem(), "");
  EXPECT_GT(emulator.instructions(), 1000);
}

// The emulator can say no: a configuration that a processor would refuse, and instructions on tiles
// that have no shape.
__attribute__((target("amx-tile,amx-bf16"))) void load_config(const unsigned char* config) {
  _tile_loadconfig(config);
}
__attribute__((target("amx-tile,amx-bf16"))) void multiply_unshaped() {
  _tile_dpbf16ps(0, 1, 2);
  _tile_release();
}

TEST_F(AmxCode, TheEmulatorRefusesWhatAProcessorWould) {
  unsigned char good[64] = {1};
  good[16] = 64;
  good[48] = 16;
  const struct {
    int place;
    unsigned char value;
    const char* says;
  } cases[] = {{0, 2, "palette"},        {1, 1, "start row"},     {2, 1, "reserved byte"},
               {16, 65, "64 bytes"},     {48, 17, "16 rows"},     {18, 4, "rows without bytes"},
               {32, 1, "reserved byte"}, {63, 1, "reserved byte"}};
  for (const auto& wrong : cases) {
    unsigned char config[64];
    std::copy(std::begin(good), std::end(good), config);
    config[wrong.place] = wrong.value;
    const AmxEmulator emulator;
    load_config(config);
    EXPECT_NE(emulator.problem().find(wrong.says), std::string::npos) << emulator.problem();
  }
  const AmxEmulator emulator;
  load_config(good);
  EXPECT_EQ(emulator.problem(), "");
  EXPECT_FALSE(emulator.released());
  multiply_unshaped();
  EXPECT_NE(emulator.problem().find("do not chain"), std::string::npos);
}

#endif

}  // namespace
}  // namespace nn::cpu
