#include "phase2_vectorized/week04_speed/rmsprop.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/optimizer_testing.h"

namespace nn::cpu {
namespace {

Rule rmsprop_rule(RmsPropOptions options = {}) {
  return [options](std::span<float> value, std::span<const std::span<float>> memory,
                   std::span<const float> grad, float rate, std::int64_t /*step*/) {
    rmsprop_update(value, memory[0], grad, rate, options);
  };
}

// As in adagrad_test.cc. (The second value, 2, is 1 + 1; the first, 0, is 1 - 1: of that, too.)
constexpr Bound kFewRoundings{.abs = 8 * kUnitRoundoff32};

// The worked example of README.md, "Forgetting: RMSprop".
TEST(RmsProp, WorkedExample) {
  std::vector<float> value{1, 1}, square_mean{0, 0};
  const RmsPropOptions options{.decay = 0.75, .epsilon = 0};
  rmsprop_update(value, square_mean, std::vector<float>{4, -1}, 0.5F, options);
  EXPECT_TRUE(identical(square_mean, std::vector<float>{4, 0.25F}));
  EXPECT_TRUE(close(value, std::vector<float>{0, 2}, kFewRoundings));
}

TEST(RmsProp, HundredSteps) {
  EXPECT_TRUE(follows_golden("rmsprop_update", {"square_mean"}, rmsprop_rule()));
}

TEST(RmsProp, TreatsElementsApart) { EXPECT_TRUE(treats_elements_apart(1, rmsprop_rule())); }

// As in adagrad_test.cc; with a decay of 0 the mean is the last square.
TEST(RmsProp, EpsilonIsOutsideTheRoot) {
  std::vector<float> value{0}, square_mean{0};
  const RmsPropOptions options{.decay = 0, .epsilon = 0x1p-10};
  rmsprop_update(value, square_mean, std::vector<float>{0x1p-10F}, 1, options);
  EXPECT_TRUE(close(value, std::vector<float>{-0.5F}, kFewRoundings));
}

// A large gradient long ago is forgotten: after it, steps of 1 grow back to the rate. The mean's error
// settles at what 1 / (1 - decay) = 100 steps add, 4 roundings each; its root halves that.
TEST(RmsProp, Forgets) {
  std::vector<float> value{0, 0, 0}, square_mean{0, 0, 0};
  rmsprop_update(value, square_mean, std::vector<float>{100, 10, 1}, 0.5F, {});
  for (int step = 0; step < 3000; ++step) {
    std::ranges::fill(value, 0.0F);
    rmsprop_update(value, square_mean, std::vector<float>{1, 2, -3}, 0.5F, {});
  }
  EXPECT_TRUE(
      close(value, std::vector<float>{-0.5F, -0.5F, 0.5F}, Bound{.rel = 200 * kUnitRoundoff32}));
}

TEST(RmsProp, RefusesOtherSizes) {
  EXPECT_TRUE(refuses_other_sizes("rmsprop_update", 1, rmsprop_rule()));
}

}  // namespace
}  // namespace nn::cpu
