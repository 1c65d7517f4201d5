#include "phase2_vectorized/week04_speed/adagrad.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/optimizer_testing.h"

namespace nn::cpu {
namespace {

Rule adagrad_rule(AdagradOptions options = {}) {
  return [options](std::span<float> value, std::span<const std::span<float>> memory,
                   std::span<const float> grad, float rate, std::int64_t /*step*/) {
    adagrad_update(value, memory[0], grad, rate, options);
  };
}

// The worked example of README.md, "A rate for every element: Adagrad". The roots are whole numbers; root,
// product, quotient and difference may be rounded all the same, where another order makes them.
constexpr Bound kFewRoundings{.rel = 8 * kUnitRoundoff32};

TEST(Adagrad, WorkedExample) {
  std::vector<float> value{1, 1}, square_sum{0, 0};
  adagrad_update(value, square_sum, std::vector<float>{3, -0.5F}, 0.5F, {.epsilon = 0});
  EXPECT_TRUE(identical(square_sum, std::vector<float>{9, 0.25F}));
  EXPECT_TRUE(close(value, std::vector<float>{0.5F, 1.5F}, kFewRoundings));
  adagrad_update(value, square_sum, std::vector<float>{4, 0}, 0.5F, {.epsilon = 0});
  EXPECT_TRUE(identical(square_sum, std::vector<float>{25, 0.25F}));
  // 0.1 is 0.5 - 0.4: the roundings of 0.4 count four times.
  EXPECT_TRUE(close(value, std::vector<double>{0.1, 1.5}, Bound{.rel = 4 * kFewRoundings.rel}));
}

TEST(Adagrad, HundredSteps) {
  EXPECT_TRUE(follows_golden("adagrad_update", {"square_sum"}, adagrad_rule()));
}

TEST(Adagrad, TreatsElementsApart) { EXPECT_TRUE(treats_elements_apart(1, adagrad_rule())); }

// A gradient of 2^-10 against an epsilon of 2^-10: half a step. Inside the root, 2^-20 would hide beside
// 2^-10.
TEST(Adagrad, EpsilonIsOutsideTheRoot) {
  std::vector<float> value{0}, square_sum{0};
  adagrad_update(value, square_sum, std::vector<float>{0x1p-10F}, 1, {.epsilon = 0x1p-10});
  EXPECT_TRUE(close(value, std::vector<float>{-0.5F}, kFewRoundings));
}

TEST(Adagrad, AnElementWithoutGradientStays) {
  std::vector<float> value{3, -2}, square_sum{0, 0};
  adagrad_update(value, square_sum, std::vector<float>{0, 1}, 0.5F, {});
  EXPECT_TRUE(close(value, std::vector<float>{3, -2.5F}, kFewRoundings));
}

TEST(Adagrad, RefusesOtherSizes) {
  EXPECT_TRUE(refuses_other_sizes("adagrad_update", 1, adagrad_rule()));
}

}  // namespace
}  // namespace nn::cpu
