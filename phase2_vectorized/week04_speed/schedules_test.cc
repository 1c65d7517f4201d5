#include "phase2_vectorized/week04_speed/schedules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "common/compare_gtest.h"
#include "common/golden.h"
#include "common/refuses.h"

namespace nn::cpu {
namespace {

double golden_number(const std::string& name) { return read_golden(name).as_doubles()[0]; }
std::int64_t golden_count(const std::string& name) { return read_golden(name).as_integers()[0]; }

// Do the rates of steps 0, 1, ... equal the reference's, within the bound of cases.json for double?
testing::AssertionResult matches_golden(const std::string& name,
                                        const std::function<double(std::int64_t)>& rate) {
  const NpyArray want = read_golden(name + "/rates");
  std::vector<double> got;
  for (std::int64_t step = 0; step < want.size(); ++step) got.push_back(rate(step));
  return close(got, want.as_doubles(), golden_tensor(name + "/rates").bound(Precision::f64));
}

// The worked example of README.md, "The rate by the step". All exact but the cosine: its angle, pi / 2, is
// off by 3 roundings, itself by 4 of at most 1; half of that, and 2 more.
TEST(Schedules, WorkedExample) {
  const StepDecay stairs{.initial = 1, .factor = 0.5, .every = 10};
  EXPECT_TRUE(identical(
      std::vector<double>{step_decay(9, stairs), step_decay(10, stairs), step_decay(29, stairs)},
      std::vector<double>{1, 0.5, 0.25}));
  const ExponentialDecay curve{.initial = 1, .factor = 0.25, .every = 10};
  EXPECT_TRUE(identical(exponential_decay(5, curve), 0.5));
  const InverseTimeDecay hyperbola{.initial = 1, .factor = 0.5, .every = 10};
  EXPECT_TRUE(identical(inverse_time_decay(20, hyperbola), 0.5));
  EXPECT_TRUE(identical(inverse_time_decay(60, hyperbola), 0.25));
  EXPECT_TRUE(close(cosine_decay(50, {.initial = 1, .steps = 100, .least = 0}), 0.5,
                    Bound{.abs = 7 * kUnitRoundoff64}));
  EXPECT_TRUE(identical(warm_up(2, {.steps = 4, .start = 0.5}), 0.75));
  EXPECT_TRUE(identical(one_cycle(9, {.peak = 1, .steps = 40, .rise = 0.25}), 1.0));
}

TEST(Schedules, StepDecayMatchesReference) {
  const StepDecay options{.initial = golden_number("step_decay/initial"),
                          .factor = golden_number("step_decay/factor"),
                          .every = golden_count("step_decay/every")};
  EXPECT_TRUE(
      matches_golden("step_decay", [&](std::int64_t step) { return step_decay(step, options); }));
}

TEST(Schedules, ExponentialDecayMatchesReference) {
  const ExponentialDecay options{.initial = golden_number("exponential_decay/initial"),
                                 .factor = golden_number("exponential_decay/factor"),
                                 .every = golden_count("exponential_decay/every")};
  EXPECT_TRUE(matches_golden("exponential_decay",
                             [&](std::int64_t step) { return exponential_decay(step, options); }));
}

TEST(Schedules, InverseTimeDecayMatchesReference) {
  const InverseTimeDecay options{.initial = golden_number("inverse_time_decay/initial"),
                                 .factor = golden_number("inverse_time_decay/factor"),
                                 .every = golden_count("inverse_time_decay/every")};
  EXPECT_TRUE(matches_golden("inverse_time_decay",
                             [&](std::int64_t step) { return inverse_time_decay(step, options); }));
}

TEST(Schedules, CosineDecayMatchesReference) {
  const CosineDecay options{.initial = golden_number("cosine_decay/initial"),
                            .steps = golden_count("cosine_decay/steps"),
                            .least = golden_number("cosine_decay/least")};
  EXPECT_TRUE(matches_golden("cosine_decay",
                             [&](std::int64_t step) { return cosine_decay(step, options); }));
}

TEST(Schedules, WarmUpMatchesReference) {
  const WarmUp options{.steps = golden_count("warm_up/steps"),
                       .start = golden_number("warm_up/start")};
  EXPECT_TRUE(matches_golden("warm_up", [&](std::int64_t step) { return warm_up(step, options); }));
}

TEST(Schedules, OneCycleMatchesReference) {
  const OneCycle options{.peak = golden_number("one_cycle/peak"),
                         .steps = golden_count("one_cycle/steps"),
                         .rise = golden_number("one_cycle/rise"),
                         .div = golden_number("one_cycle/div"),
                         .final_div = golden_number("one_cycle/final_div")};
  EXPECT_TRUE(
      matches_golden("one_cycle", [&](std::int64_t step) { return one_cycle(step, options); }));
}

TEST(Schedules, ReduceOnPlateauMatchesReference) {
  const Plateau options{.initial = golden_number("reduce_on_plateau/initial"),
                        .factor = golden_number("reduce_on_plateau/factor"),
                        .patience = golden_count("reduce_on_plateau/patience"),
                        .threshold = golden_number("reduce_on_plateau/threshold"),
                        .cooldown = golden_count("reduce_on_plateau/cooldown"),
                        .least = golden_number("reduce_on_plateau/least")};
  PlateauState state = plateau_start(options);
  std::vector<double> rates;
  for (const double value : read_golden("reduce_on_plateau/values").as_doubles()) {
    state = reduce_on_plateau(state, value, options);
    rates.push_back(state.rate);
  }
  EXPECT_TRUE(identical(rates, read_golden("reduce_on_plateau/rates").as_doubles()));
}

TEST(Schedules, CurvesStayWhereTheyEnd) {
  const CosineDecay cosine{.initial = 0.3, .steps = 7, .least = 0.01};
  EXPECT_TRUE(identical(cosine_decay(0, cosine), 0.3));
  EXPECT_TRUE(identical(cosine_decay(7, cosine), 0.01));
  EXPECT_TRUE(identical(cosine_decay(1'000'000'000'000, cosine), 0.01));
  EXPECT_TRUE(identical(warm_up(7, {.steps = 7, .start = 0.3}), 1.0));
  EXPECT_TRUE(identical(warm_up(8, {.steps = 7, .start = 0.3}), 1.0));
  const OneCycle cycle{.peak = 1, .steps = 40, .rise = 0.25, .div = 16, .final_div = 64};
  EXPECT_TRUE(identical(one_cycle(39, cycle), 1.0 / 1024));
  EXPECT_TRUE(identical(one_cycle(40, cycle), 1.0 / 1024));
}

// rise * steps - 1 is -0.4: the cycle is a fall alone, and no share of 0 steps is divided.
TEST(Schedules, OneCycleTooShortToRise) {
  const OneCycle options{.peak = 1, .steps = 2, .rise = 0.3, .div = 16, .final_div = 64};
  EXPECT_TRUE(identical(one_cycle(0, options), 1.0));
  EXPECT_TRUE(identical(one_cycle(1, options), 1.0 / 1024));
}

TEST(Schedules, PlateauWatchesAnAccuracyTheOtherWayRound) {
  const Plateau options{.initial = 1, .factor = 0.5, .patience = 1, .larger_is_better = true};
  PlateauState state = plateau_start(options);
  std::vector<double> rates;
  for (const double value : {0.5, 0.75, 0.625, 0.8125, 0.75, 0.75, 0.8125}) {
    state = reduce_on_plateau(state, value, options);
    rates.push_back(state.rate);
  }
  EXPECT_TRUE(identical(rates, std::vector<double>{1, 1, 1, 1, 1, 0.5, 0.5}));
}

// A run that has gone to NaN does not count as progress, nor hide what was best.
TEST(Schedules, PlateauTakesNanForNoBetter) {
  const Plateau options{.initial = 1, .factor = 0.5, .patience = 0};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  PlateauState state = reduce_on_plateau(plateau_start(options), 3, options);
  state = reduce_on_plateau(state, nan, options);
  EXPECT_TRUE(identical(state.rate, 0.5));
  EXPECT_TRUE(identical(state.best, 3.0));
}

TEST(Schedules, RefuseANegativeStep) {
  EXPECT_TRUE(refuses([] { step_decay(-1, {}); }, {"step_decay", "step is -1", "0 or more"}));
  EXPECT_TRUE(refuses([] { exponential_decay(-1, {}); }, {"exponential_decay", "step is -1"}));
  EXPECT_TRUE(refuses([] { inverse_time_decay(-1, {}); }, {"inverse_time_decay", "step is -1"}));
  EXPECT_TRUE(refuses([] { cosine_decay(-1, {}); }, {"cosine_decay", "step is -1"}));
  EXPECT_TRUE(refuses([] { warm_up(-1, {}); }, {"warm_up", "step is -1"}));
  EXPECT_TRUE(refuses([] { one_cycle(-1, {}); }, {"one_cycle", "step is -1"}));
}

// What each option may be is schedule_options.h's, and its test's.
TEST(Schedules, RefuseOptionsOutOfRange) {
  EXPECT_TRUE(refuses([] { step_decay(0, {.initial = 0}); }, {"initial is 0", "above 0"}));
  EXPECT_TRUE(refuses([] { exponential_decay(0, {.every = -3}); }, {"every is -3"}));
  EXPECT_TRUE(refuses([] { inverse_time_decay(0, {.factor = -1}); }, {"factor is -1"}));
  EXPECT_TRUE(refuses([] { cosine_decay(0, {.steps = 0}); }, {"steps is 0"}));
  EXPECT_TRUE(refuses([] { warm_up(0, {.start = 0}); }, {"start is 0", "(0, 1]"}));
  EXPECT_TRUE(refuses([] { one_cycle(0, {.steps = 1}); }, {"steps is 1", "2 or more"}));
  EXPECT_TRUE(refuses([] { plateau_start({.patience = -1}); }, {"patience is -1"}));
}

}  // namespace
}  // namespace nn::cpu
