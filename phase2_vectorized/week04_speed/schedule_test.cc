#include "phase2_vectorized/week04_speed/schedule.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/compare_gtest.h"
#include "common/refuses.h"

namespace nn::cpu {
namespace {

TEST(Schedule, IsItsCurveInFloat) {
  const OneCycle cycle{.peak = 0.006, .steps = 37};
  const auto schedule = make_schedule(cycle);
  const auto stairs = make_schedule(StepDecay{.initial = 0.1, .factor = 0.3, .every = 7});
  for (std::int64_t step = 0; step < 45; ++step) {
    EXPECT_EQ(schedule->rate(step), static_cast<float>(one_cycle(step, cycle)));
    EXPECT_EQ(stairs->rate(step),
              static_cast<float>(step_decay(step, {.initial = 0.1, .factor = 0.3, .every = 7})));
  }
  EXPECT_EQ(make_schedule(ExponentialDecay{.initial = 0.5})->rate(0), 0.5F);
  EXPECT_EQ(make_schedule(InverseTimeDecay{.initial = 0.5})->rate(0), 0.5F);
  EXPECT_EQ(make_schedule(CosineDecay{.initial = 0.5})->rate(0), 0.5F);
  EXPECT_EQ(constant_rate(0.1)->rate(12345), 0.1F);
}

TEST(Schedule, AWarmUpHandsOverToTheCurvesOwnStepZero) {
  const CosineDecay cosine{.initial = 0.5, .steps = 10};
  const auto after = make_schedule(cosine);
  const auto schedule = make_schedule(WarmUp{.steps = 4, .start = 0.25}, make_schedule(cosine));
  EXPECT_EQ(schedule->rate(0), 0.125F);
  EXPECT_EQ(schedule->rate(2), 0.3125F);
  for (std::int64_t step = 4; step < 20; ++step) {
    EXPECT_EQ(schedule->rate(step), after->rate(step - 4));
  }
}

TEST(Schedule, OneOfAPlateauListens) {
  const auto schedule = make_schedule(
      WarmUp{.steps = 2, .start = 0.5},
      make_schedule(Plateau{.initial = 1, .factor = 0.5, .patience = 0, .cooldown = 0}));
  schedule->observe(3);
  EXPECT_EQ(schedule->rate(100), 1.0F);
  schedule->observe(3);
  EXPECT_EQ(schedule->rate(100), 0.5F);
  EXPECT_EQ(schedule->rate(0), 0.25F);

  const auto curve = constant_rate(1);
  curve->observe(3);
  curve->observe(3);
  EXPECT_EQ(curve->rate(100), 1.0F);
}

// A run that stops after every observation and starts anew from the state goes the same way.
TEST(Schedule, ContinuesFromItsState) {
  const Plateau options{.initial = 1, .factor = 0.3, .patience = 1, .cooldown = 1};
  const auto one = make_schedule(options);
  auto other = make_schedule(options);
  for (const double loss : {3.0, 2.0, 2.0, 2.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0}) {
    one->observe(loss);
    other->observe(loss);
    EXPECT_EQ(one->rate(0), other->rate(0));
    auto fresh = make_schedule(options);
    fresh->restore(other->state());
    other = std::move(fresh);
  }
  EXPECT_LT(one->rate(0), 0.1F);
}

TEST(Schedule, RestoresNoOthersState) {
  const auto curve = make_schedule(CosineDecay{});
  const auto plateau = make_schedule(Plateau{});
  EXPECT_TRUE(
      refuses([&] { curve->restore(plateau->state()); }, {"cosine_decay", "rate", "nothing"}));
  EXPECT_TRUE(refuses([&] { plateau->restore({}); }, {"reduce_on_plateau", "nothing", "best"}));
  const auto with = [&](const char* name, double value) {
    ScheduleState state = plateau->state();
    state[name] = value;
    return state;
  };
  EXPECT_TRUE(refuses([&] { plateau->restore(with("bad", 1.5)); }, {"bad is 1.5", "whole"}));
  EXPECT_TRUE(refuses([&] { plateau->restore(with("cooling", -1)); }, {"cooling is -1"}));
  EXPECT_TRUE(refuses([&] { plateau->restore(with("rate", 0)); }, {"rate is 0"}));
  EXPECT_TRUE(refuses([&] { plateau->restore(with("best", std::nan(""))); }, {"best is NaN"}));
  EXPECT_EQ(plateau->rate(0), 0.1F);
}

TEST(Schedule, DescribesItselfWithEveryNumber) {
  EXPECT_EQ(constant_rate(0.1)->describe(), "constant_rate(0.1)");
  EXPECT_EQ(make_schedule(StepDecay{})->describe(), "step_decay(initial 0.1, factor 0.1, every 1)");
  EXPECT_EQ(make_schedule(ExponentialDecay{})->describe(),
            "exponential_decay(initial 0.1, factor 0.99, every 1)");
  EXPECT_EQ(make_schedule(InverseTimeDecay{})->describe(),
            "inverse_time_decay(initial 0.1, factor 0.01, every 1)");
  EXPECT_EQ(make_schedule(OneCycle{})->describe(),
            "one_cycle(peak 0.1, steps 1000, rise 0.3, div 25, final_div 10000)");
  EXPECT_EQ(
      make_schedule(WarmUp{.steps = 5, .start = 0.25}, make_schedule(CosineDecay{}))->describe(),
      "warm_up(steps 5, start 0.25) then cosine_decay(initial 0.1, steps 1000, least 0)");
  EXPECT_EQ(make_schedule(Plateau{.larger_is_better = true})->describe(),
            "reduce_on_plateau(initial 0.1, factor 0.1, patience 10, threshold 0.0001, cooldown 0, "
            "least 0, larger is better)");
}

TEST(Schedule, RefusesBadOptionsAndSteps) {
  EXPECT_TRUE(refuses([] { constant_rate(0); }, {"constant_rate", "rate is 0", "above 0"}));
  EXPECT_TRUE(refuses([] { make_schedule(OneCycle{.steps = 0}); }, {"one_cycle", "steps is 0"}));
  EXPECT_TRUE(refuses([] { make_schedule(WarmUp{}, nullptr); }, {"warm-up"}));
  EXPECT_TRUE(refuses([] { make_schedule(WarmUp{.steps = 0}, constant_rate(1)); }, {"steps is 0"}));
  EXPECT_TRUE(refuses([] { constant_rate(1)->rate(-1); }, {"step is -1"}));
  EXPECT_TRUE(refuses([] { make_schedule(Plateau{})->rate(-1); }, {"step is -1"}));
  EXPECT_TRUE(refuses([] { make_schedule(WarmUp{}, constant_rate(1))->rate(-1); }, {"step is -1"}));
}

}  // namespace
}  // namespace nn::cpu
