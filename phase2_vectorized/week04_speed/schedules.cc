#include "phase2_vectorized/week04_speed/schedules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/schedule_options.h"

namespace nn::cpu {

double step_decay(std::int64_t step, const StepDecay& options) {
  check(options);
  check_count("step_decay", "step", step, 0);
  // >>> about 2 lines. README.md, "The rate by the step".
  const std::int64_t stair = step / options.every;  // rounded down
  return options.initial * std::pow(options.factor, static_cast<double>(stair));
  // <<< NN_TODO("step_decay");
}

double exponential_decay(std::int64_t step, const ExponentialDecay& options) {
  check(options);
  check_count("exponential_decay", "step", step, 0);
  // >>> about 2 lines. README.md, "The rate by the step".
  const double exponent = static_cast<double>(step) / static_cast<double>(options.every);
  return options.initial * std::pow(options.factor, exponent);
  // <<< NN_TODO("exponential_decay");
}

double inverse_time_decay(std::int64_t step, const InverseTimeDecay& options) {
  check(options);
  check_count("inverse_time_decay", "step", step, 0);
  // >>> about 2 lines. README.md, "The rate by the step".
  const double time = static_cast<double>(step) / static_cast<double>(options.every);
  return options.initial / (1 + options.factor * time);
  // <<< NN_TODO("inverse_time_decay");
}

double cosine_decay(std::int64_t step, const CosineDecay& options) {
  check(options);
  check_count("cosine_decay", "step", step, 0);
  // >>> about 4 lines. README.md, "The rate by the step".
  if (step >= options.steps) return options.least;
  const double share = static_cast<double>(step) / static_cast<double>(options.steps);
  const double wave = (1 + std::cos(std::numbers::pi * share)) / 2;  // from 1 to 0
  return options.least + (options.initial - options.least) * wave;
  // <<< NN_TODO("cosine_decay");
}

double warm_up(std::int64_t step, const WarmUp& options) {
  check(options);
  check_count("warm_up", "step", step, 0);
  // >>> about 3 lines. README.md, "The rate by the step".
  if (step >= options.steps) return 1;
  const double share = static_cast<double>(step) / static_cast<double>(options.steps);
  return options.start + (1 - options.start) * share;
  // <<< NN_TODO("warm_up");
}

double one_cycle(std::int64_t step, const OneCycle& options) {
  check(options);
  check_count("one_cycle", "step", step, 0);
  const double first = options.peak / options.div;
  const double last = first / options.final_div;
  const double top = options.rise * static_cast<double>(options.steps) - 1;  // where the peak is
  const double end = static_cast<double>(options.steps) - 1;
  // >>> about 8 lines. README.md, "The rate by the step".
  const auto at = static_cast<double>(step);
  const auto wave = [](double from, double to, double share) {
    return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
  };
  if (at >= end) return last;
  if (at < top) return wave(first, options.peak, at / top);
  const double before = std::max(top, 0.0);  // where there is no rise, the fall begins at step 0
  return wave(options.peak, last, (at - before) / (end - before));
  // <<< NN_TODO("one_cycle");
}

PlateauState plateau_start(const Plateau& options) {
  check(options);
  const double infinity = std::numeric_limits<double>::infinity();
  return {.rate = options.initial, .best = options.larger_is_better ? -infinity : infinity};
}

PlateauState reduce_on_plateau(const PlateauState& state, double value, const Plateau& options) {
  check(options);
  PlateauState next = state;
  // >>> about 18 lines. README.md, "The rate by the step".
  const bool is_better = options.larger_is_better ? value > state.best * (1 + options.threshold)
                                                  : value < state.best * (1 - options.threshold);
  if (is_better) {
    next.best = value;
    next.bad = 0;
  } else {
    ++next.bad;
  }
  if (next.cooling > 0) {
    --next.cooling;
    next.bad = 0;
  }
  if (next.bad > options.patience) {
    next.rate = std::max(next.rate * options.factor, options.least);
    next.cooling = options.cooldown;
    next.bad = 0;
  }
  // <<< NN_TODO("reduce_on_plateau");
  return next;
}

}  // namespace nn::cpu
