#include "phase2_vectorized/week04_speed/adam.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/optimizer_testing.h"

namespace nn::cpu {
namespace {

Rule adam_rule(AdamOptions options = {}) {
  return [options](std::span<float> value, std::span<const std::span<float>> memory,
                   std::span<const float> grad, float rate, std::int64_t step) {
    adam_update(value, memory[0], memory[1], grad, rate, options, step);
  };
}

// The worked example of README.md, "Both at once: Adam". Exact but for the last value: its quotient is
// of numbers that were rounded.
TEST(Adam, WorkedExample) {
  std::vector<float> value{1, 1}, first{0, 0}, second{0, 0};
  const AdamOptions options{.beta1 = 0.5, .beta2 = 0.75, .epsilon = 0};
  adam_update(value, first, second, std::vector<float>{4, -0.5F}, 0.25F, options, 1);
  EXPECT_TRUE(identical(first, std::vector<float>{2, -0.25F}));
  EXPECT_TRUE(identical(second, std::vector<float>{4, 0.0625F}));
  EXPECT_TRUE(identical(value, std::vector<float>{0.75F, 1.25F}));
  adam_update(value, first, second, std::vector<float>{4, 0}, 0.25F, options, 2);
  EXPECT_TRUE(identical(first, std::vector<float>{3, -0.125F}));
  EXPECT_TRUE(identical(second, std::vector<float>{7, 0.046875F}));
  // 0.75 - 0.25 * 4 / sqrt(16), 1.25 + 0.25 * (1 / 6) / sqrt(3 / 28)
  EXPECT_TRUE(close(value, std::vector<double>{0.5, 1.25 + 0.25 / 6 / std::sqrt(3.0 / 28)},
                    Bound{.rel = 4 * kUnitRoundoff32}));
}

TEST(Adam, HundredSteps) {
  EXPECT_TRUE(follows_golden("adam_update", {"first_moment", "second_moment"}, adam_rule()));
}

TEST(Adam, TreatsElementsApart) { EXPECT_TRUE(treats_elements_apart(2, adam_rule())); }

// What the corrections are for: the first step is as long as the rate, whatever the gradient's size.
// Roundings: of the shares 2, of the moments 3, halved where a root is; of the step 5.
TEST(Adam, TheFirstStepIsTheRate) {
  std::vector<float> value{0, 0, 0, 0, 0}, first(5), second(5);
  adam_update(value, first, second, std::vector<float>{1e-3F, -1, 1e3F, 7, -1e5F}, 0.125F,
              {.epsilon = 0}, 1);
  EXPECT_TRUE(close(value, std::vector<float>{-0.125F, 0.125F, -0.125F, -0.125F, 0.125F},
                    Bound{.rel = 10 * kUnitRoundoff32}));
}

// As in adagrad_test.cc. The corrections are those of step 2, so that an epsilon that they do not reach,
// as in the quicker form, shows: with betas of 1/2, 3/4 of the moments are there.
TEST(Adam, EpsilonIsOutsideTheRootAndTheCorrection) {
  std::vector<float> value{0}, first{0x1p-11F}, second{0x1p-21F};
  const AdamOptions options{.beta1 = 0.5, .beta2 = 0.5, .epsilon = 0x1p-10};
  adam_update(value, first, second, std::vector<float>{0x1p-10F}, 1, options, 2);
  // Both means are those of a gradient that was 2^-10 from the start.
  EXPECT_TRUE(close(value, std::vector<float>{-0.5F}, Bound{.rel = 8 * kUnitRoundoff32}));
}

TEST(Adam, RefusesOtherSizesAndAStepBeforeTheFirst) {
  EXPECT_TRUE(refuses_other_sizes("adam_update", 2, adam_rule()));
  std::vector<float> value(3), first(3), second(3), grad(3);
  EXPECT_TRUE(refuses([&] { adam_update(value, first, second, grad, 1, {}, 0); },
                      {"adam_update", "step is 0", "1 or more"}));
}

}  // namespace
}  // namespace nn::cpu
