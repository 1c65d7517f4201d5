#include "phase2_vectorized/week04_speed/simd_target.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"

namespace nn::cpu {
namespace {

TEST(SimdTarget, TheBestIsInUseUnlessToldOtherwise) {
  ASSERT_FALSE(simd_targets().empty());
  const char* asked = std::getenv("NN_SIMD");
  EXPECT_EQ(simd_target(), asked == nullptr ? simd_targets().front() : asked);
}

TEST(SimdTarget, EachOneHasATileOfItsOwn) {
  const std::string before = simd_target();
  std::set<void (*)(const TileProduct&)> functions;
  for (const std::string& name : simd_targets()) {
    use_simd_target(name);
    EXPECT_EQ(simd_target(), name);
    functions.insert(register_tile().run);
  }
  EXPECT_EQ(functions.size(), simd_targets().size());
  use_simd_target(before);
}

TEST(SimdTarget, RefusesOthers) {
  EXPECT_TRUE(refuses([] { use_simd_target("sse9"); }, {"\"sse9\"", simd_targets().back()}));
}

}  // namespace
}  // namespace nn::cpu
