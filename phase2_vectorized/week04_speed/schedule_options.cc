#include "phase2_vectorized/week04_speed/schedule_options.h"

#include "phase2_vectorized/week04_speed/hyperparameters.h"

namespace nn::cpu {

void check(const StepDecay& options) {
  check_positive("step_decay", "initial", options.initial);
  check_factor("step_decay", "factor", options.factor);
  check_count("step_decay", "every", options.every, 1);
}

void check(const ExponentialDecay& options) {
  check_positive("exponential_decay", "initial", options.initial);
  check_factor("exponential_decay", "factor", options.factor);
  check_count("exponential_decay", "every", options.every, 1);
}

void check(const InverseTimeDecay& options) {
  check_positive("inverse_time_decay", "initial", options.initial);
  check_not_negative("inverse_time_decay", "factor", options.factor);
  check_count("inverse_time_decay", "every", options.every, 1);
}

void check(const CosineDecay& options) {
  check_positive("cosine_decay", "initial", options.initial);
  check_count("cosine_decay", "steps", options.steps, 1);
  check_least("cosine_decay", options.least, options.initial);
}

void check(const WarmUp& options) {
  check_count("warm_up", "steps", options.steps, 1);
  check_factor("warm_up", "start", options.start);
}

void check(const OneCycle& options) {
  check_positive("one_cycle", "peak", options.peak);
  check_count("one_cycle", "steps", options.steps, 2);
  check_inside("one_cycle", "rise", options.rise);
  check_at_least_one("one_cycle", "div", options.div);
  check_at_least_one("one_cycle", "final_div", options.final_div);
}

void check(const Plateau& options) {
  check_positive("reduce_on_plateau", "initial", options.initial);
  check_inside("reduce_on_plateau", "factor", options.factor);
  check_count("reduce_on_plateau", "patience", options.patience, 0);
  check_fraction("reduce_on_plateau", "threshold", options.threshold);
  check_count("reduce_on_plateau", "cooldown", options.cooldown, 0);
  check_least("reduce_on_plateau", options.least, options.initial);
}

}  // namespace nn::cpu
