#include "phase2_vectorized/week04_speed/schedule_options.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/refuses.h"

namespace nn::cpu {
namespace {

TEST(ScheduleOptions, OutOfRangeAreRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refuses([] { check(StepDecay{.initial = 0}); }, {"initial is 0", "above 0"}));
  EXPECT_TRUE(refuses([] { check(StepDecay{.factor = 1.5}); }, {"factor is 1.5", "(0, 1]"}));
  EXPECT_TRUE(refuses([] { check(StepDecay{.every = 0}); }, {"every is 0", "1 or more"}));
  EXPECT_TRUE(refuses([&] { check(ExponentialDecay{.factor = nan}); }, {"factor is nan"}));
  EXPECT_TRUE(refuses([] { check(ExponentialDecay{.every = -3}); }, {"every is -3"}));
  EXPECT_TRUE(refuses([] { check(InverseTimeDecay{.factor = -1}); }, {"factor is -1"}));
  EXPECT_TRUE(refuses([] { check(CosineDecay{.steps = 0}); }, {"steps is 0"}));
  EXPECT_TRUE(refuses([] { check(CosineDecay{.initial = 1, .least = 2}); },
                      {"least is 2", "initial is 1"}));
  EXPECT_TRUE(refuses([] { check(WarmUp{.steps = 0}); }, {"warm_up", "steps is 0"}));
  EXPECT_TRUE(refuses([] { check(WarmUp{.start = 0}); }, {"start is 0", "(0, 1]"}));
  EXPECT_TRUE(refuses([] { check(OneCycle{.steps = 1}); }, {"steps is 1", "2 or more"}));
  EXPECT_TRUE(refuses([] { check(OneCycle{.rise = 1}); }, {"rise is 1", "(0, 1)"}));
  EXPECT_TRUE(refuses([] { check(OneCycle{.div = 0.5}); }, {"div is 0.5", "1 or more"}));
  EXPECT_TRUE(refuses([&] { check(OneCycle{.final_div = nan}); }, {"final_div is nan"}));
  EXPECT_TRUE(refuses([] { check(Plateau{.factor = 1}); }, {"factor is 1", "(0, 1)"}));
  EXPECT_TRUE(refuses([] { check(Plateau{.patience = -1}); }, {"patience is -1"}));
  EXPECT_TRUE(refuses([] { check(Plateau{.threshold = 1}); }, {"threshold is 1", "[0, 1)"}));
  EXPECT_TRUE(refuses([] { check(Plateau{.cooldown = -1}); }, {"cooldown is -1"}));
  EXPECT_TRUE(refuses([] { check(Plateau{.least = -1}); }, {"least is -1"}));
}

TEST(ScheduleOptions, DefaultsAreInRange) {
  check(StepDecay{});
  check(ExponentialDecay{});
  check(InverseTimeDecay{});
  check(CosineDecay{});
  check(WarmUp{});
  check(OneCycle{});
  check(Plateau{});
}

}  // namespace
}  // namespace nn::cpu
