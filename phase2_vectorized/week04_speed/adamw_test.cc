#include "phase2_vectorized/week04_speed/adamw.h"

#include "phase2_vectorized/week04_speed/optimizer_testing.h"

namespace nn::cpu {
namespace {

Rule adamw_rule(AdamWOptions options = {}) {
  return [options](std::span<float> value, std::span<const std::span<float>> memory,
                   std::span<const float> grad, float rate, std::int64_t step) {
    adamw_update(value, memory[0], memory[1], grad, rate, options, step);
  };
}

// The worked example of README.md, "Decay apart: AdamW": 8 loses a sixteenth, and then the rate.
TEST(AdamW, WorkedExample) {
  std::vector<float> value{8, -16}, first{0, 0}, second{0, 0};
  const AdamWOptions options{.adam = {.beta1 = 0.5, .beta2 = 0.75, .epsilon = 0},
                             .weight_decay = 0.125};
  adamw_update(value, first, second, std::vector<float>{4, -0.5F}, 0.5F, options, 1);
  EXPECT_TRUE(identical(value, std::vector<float>{7, -14.5F}));
}

TEST(AdamW, HundredSteps) {
  EXPECT_TRUE(follows_golden("adamw_update", {"first_moment", "second_moment"}, adamw_rule()));
}

TEST(AdamW, TreatsElementsApart) { EXPECT_TRUE(treats_elements_apart(2, adamw_rule())); }

// As in adam_test.cc: whatever the gradient's size. Values of 0 do not decay.
TEST(AdamW, TheFirstStepIsTheRate) {
  std::vector<float> value{0, 0, 0, 0, 0}, first(5), second(5);
  adamw_update(value, first, second, std::vector<float>{1e-3F, -1, 1e3F, 7, -1e5F}, 0.125F,
               {.adam = {.epsilon = 0}}, 1);
  EXPECT_TRUE(close(value, std::vector<float>{-0.125F, 0.125F, -0.125F, -0.125F, 0.125F},
                    Bound{.rel = 10 * kUnitRoundoff32}));
}

// Without a gradient, weights lose a share of themselves, the larger ones more; nothing is remembered.
TEST(AdamW, DecaysApartFromTheGradient) {
  std::vector<float> value{1, 64, -256}, first(3), second(3);
  adamw_update(value, first, second, std::vector<float>{0, 0, 0}, 0.5F, {.weight_decay = 0.25}, 1);
  EXPECT_TRUE(identical(value, std::vector<float>{0.875F, 56, -224}));
  EXPECT_TRUE(identical(first, std::vector<float>{0, 0, 0}));
  EXPECT_TRUE(identical(second, std::vector<float>{0, 0, 0}));
}

// Each of the 4 steps makes at most 12 roundings of its length, 1/2, and one of the value, in both; the
// values stay above 1.
TEST(AdamW, WithoutDecayIsAdam) {
  std::vector<float> value{3, 64, -256}, first(3), second(3);
  std::vector<float> want = value, want_first(3), want_second(3);
  const std::vector<float> grad{0.5F, -3, 7};
  for (int step = 1; step < 5; ++step) {
    adamw_update(value, first, second, grad, 0.5F, {.weight_decay = 0}, step);
    adam_update(want, want_first, want_second, grad, 0.5F, {}, step);
  }
  EXPECT_TRUE(close(value, want, Bound{.rel = 2 * 4 * 7 * kUnitRoundoff32}));
}

TEST(AdamW, RefusesOtherSizesAndAStepBeforeTheFirst) {
  EXPECT_TRUE(refuses_other_sizes("adamw_update", 2, adamw_rule()));
  std::vector<float> value(3), first(3), second(3), grad(3);
  EXPECT_TRUE(refuses([&] { adamw_update(value, first, second, grad, 1, {}, 0); },
                      {"adamw_update", "step is 0", "1 or more"}));
}

}  // namespace
}  // namespace nn::cpu
