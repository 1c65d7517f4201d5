#include "phase2_vectorized/week05_data/pixels.h"

#include <numeric>
#include <vector>

#include "common/refuses.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// Every byte, in runs that do not end where a register does, the memory behind them left alone.
TEST(PixelsToFloats, IsTheDivisionForEveryByte) {
  std::vector<std::uint8_t> pixels(256);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  with_each_simd_target([&] {
    for (const std::size_t count : {0U, 1U, 15U, 17U, 31U, 129U, 256U}) {
      std::vector<float> y(257, -1);
      const std::span last = std::span(pixels).last(count);
      pixels_to_floats(std::span(y).first(count), last);
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(y[i], static_cast<float>(last[i]) / 255.0F) << "of " << int{last[i]};
      }
      EXPECT_EQ(y[count], -1);
    }
  });
}

TEST(PixelsToFloats, WantsOneNumberAPixel) {
  std::vector<float> y(3);
  const std::vector<std::uint8_t> pixels(4);
  EXPECT_TRUE(refuses([&] { pixels_to_floats(y, pixels); }, {"3", "4"}));
}

}  // namespace
}  // namespace nn::cpu
