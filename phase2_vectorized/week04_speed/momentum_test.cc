#include "phase2_vectorized/week04_speed/momentum.h"

#include "phase2_vectorized/week04_speed/optimizer_testing.h"

namespace nn::cpu {
namespace {

using Spans = std::span<const std::span<float>>;

void sgd(std::span<float> value, Spans /*memory*/, std::span<const float> grad, float rate,
         std::int64_t /*step*/) {
  sgd_update(value, grad, rate);
}

Rule momentum_rule(double momentum) {
  return [momentum](std::span<float> value, Spans memory, std::span<const float> grad, float rate,
                    std::int64_t /*step*/) {
    momentum_update(value, memory[0], grad, rate, momentum);
  };
}

Rule nesterov_rule(double momentum) {
  return [momentum](std::span<float> value, Spans memory, std::span<const float> grad, float rate,
                    std::int64_t /*step*/) {
    nesterov_update(value, memory[0], grad, rate, momentum);
  };
}

// The worked example of README.md, "Down the gradient, and momentum". All numbers are exact.
TEST(Momentum, WorkedExample) {
  const std::vector<float> grad{1, -4};
  std::vector<float> value{8, 8}, velocity{0, 0};
  sgd_update(value, grad, 0.5F);
  EXPECT_TRUE(identical(value, std::vector<float>{7.5F, 10}));

  value = {8, 8};
  momentum_update(value, velocity, grad, 0.5F, 0.75);
  EXPECT_TRUE(identical(velocity, std::vector<float>{1, -4}));
  EXPECT_TRUE(identical(value, std::vector<float>{7.5F, 10}));
  momentum_update(value, velocity, grad, 0.5F, 0.75);
  EXPECT_TRUE(identical(velocity, std::vector<float>{1.75F, -7}));
  EXPECT_TRUE(identical(value, std::vector<float>{6.625F, 13.5F}));

  value = {8, 8}, velocity = {0, 0};
  nesterov_update(value, velocity, grad, 0.5F, 0.75);
  EXPECT_TRUE(identical(velocity, std::vector<float>{1, -4}));
  EXPECT_TRUE(identical(value, std::vector<float>{7.125F, 11.5F}));
}

TEST(Momentum, HundredStepsOfSgd) { EXPECT_TRUE(follows_golden("sgd_update", {}, sgd)); }

TEST(Momentum, HundredStepsWithMomentum) {
  const double momentum = golden_floats("momentum_update/momentum")[0];
  EXPECT_TRUE(follows_golden("momentum_update", {"velocity"}, momentum_rule(momentum)));
}

TEST(Momentum, HundredStepsLookingAhead) {
  const double momentum = golden_floats("nesterov_update/momentum")[0];
  EXPECT_TRUE(follows_golden("nesterov_update", {"velocity"}, nesterov_rule(momentum)));
}

TEST(Momentum, TreatsElementsApart) {
  EXPECT_TRUE(treats_elements_apart(0, sgd));
  EXPECT_TRUE(treats_elements_apart(1, momentum_rule(0.9)));
  EXPECT_TRUE(treats_elements_apart(1, nesterov_rule(0.9)));
}

TEST(Momentum, RefusesOtherSizes) {
  EXPECT_TRUE(refuses_other_sizes("sgd_update", 0, sgd));
  EXPECT_TRUE(refuses_other_sizes("momentum_update", 1, momentum_rule(0.9)));
  EXPECT_TRUE(refuses_other_sizes("nesterov_update", 1, nesterov_rule(0.9)));
}

// Why it is there: a gradient that keeps its sign moves 1 / (1 - momentum) times as far in the end, and
// one that changes it at each step 1 / (1 + momentum) times.
TEST(Momentum, SpeedsUpAndEvensOut) {
  std::vector<float> value{0, 0}, velocity{0, 0};
  for (int step = 0; step < 400; ++step) {
    const std::vector<float> grad{1, step % 2 == 0 ? 1.0F : -1.0F};
    momentum_update(value, velocity, grad, 1, 0.875);
  }
  // Both settle on what a step adds to them: within a roundoff of it, and one more from before that
  // 7/8 of it still carries, and so on: 8 roundoffs.
  EXPECT_TRUE(
      close(velocity, std::vector<float>{8, -8.0F / 15}, Bound{.rel = 16 * kUnitRoundoff32}));
}

}  // namespace
}  // namespace nn::cpu
