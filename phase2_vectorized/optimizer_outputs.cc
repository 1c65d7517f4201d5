#include "phase2_vectorized/optimizer_outputs.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "phase2_vectorized/week04_speed/optimizers.h"
#include "phase2_vectorized/week04_speed/schedule.h"

namespace nn::cpu {
namespace {

using Case = OutputCase<Matrix>;
using Make = std::function<std::unique_ptr<Optimizer>(const Case&)>;

// The value after each step, on gradients that are given, and what is remembered after the last.
CaseFunction<Matrix> optimizer_case(const std::string& operation, const Make& make) {
  return {operation, [make](const Case& c) {
            const Matrix value = c.in("value"), grads = c.in("grads");  // (1,P), (S,P)
            const int P = value.cols(), S = grads.rows();
            const std::unique_ptr<Optimizer> optimizer = make(c);
            std::vector<Parameter> parameters{{"w", value, Matrix(1, P)}};
            Matrix trajectory(S, P);
            for (int s = 0; s < S; ++s) {
              std::copy_n(grads.data() + s * P, P, parameters[0].grad.data());
              optimizer->step(parameters, c.number("learning_rate"));
              std::ranges::copy(parameters[0].value.values(), trajectory.data() + s * P);
            }
            c.write("trajectory", trajectory);
            for (const auto& [name, tensor] : optimizer->state().tensors) {
              c.write(name.substr(std::string("w.").size()), tensor);
            }
          }};
}

Make made_by_name(const std::string& name) {
  return [name](const Case& /*c*/) { return make_optimizer(name); };
}

Make with_momentum(bool nesterov) {
  return [nesterov](const Case& c) {
    return std::make_unique<Sgd>(
        SgdOptions{.momentum = c.number("momentum"), .nesterov = nesterov});
  };
}

// As many rates as the reference has, from step 0 on.
using Rate = std::function<float(std::int64_t step)>;
CaseFunction<Matrix> curve_case(const std::string& operation,
                                const std::function<Rate(const Case&)>& curve) {
  return {operation, [operation, curve](const Case& c) {
            const Rate rate = curve(c);
            Matrix rates(1, static_cast<int>(read_golden(operation + "/rates").size()));
            for (int step = 0; step < rates.cols(); ++step) rates(0, step) = rate(step);
            c.write("rates", rates);
          }};
}

Rate rate_of(std::shared_ptr<Schedule> schedule) {
  return [schedule = std::move(schedule)](std::int64_t step) { return schedule->rate(step); };
}

std::int64_t count(const Case& c, const char* name) { return std::lround(c.number(name)); }

void plateau_case(const Case& c) {
  const std::unique_ptr<Schedule> schedule =
      make_schedule(Plateau{.initial = c.number("initial"),
                            .factor = c.number("factor"),
                            .patience = count(c, "patience"),
                            .threshold = c.number("threshold"),
                            .cooldown = count(c, "cooldown"),
                            .least = c.number("least")});
  const Matrix values = c.in("values");
  Matrix rates(1, values.cols());
  for (int i = 0; i < values.cols(); ++i) {
    schedule->observe(values(0, i));
    rates(0, i) = schedule->rate(i);
  }
  c.write("rates", rates);
}

}  // namespace

std::vector<CaseFunction<Matrix>> optimizer_case_functions() {
  return {
      optimizer_case("sgd_update", made_by_name("sgd")),
      optimizer_case("momentum_update", with_momentum(false)),
      optimizer_case("nesterov_update", with_momentum(true)),
      optimizer_case("adagrad_update", made_by_name("adagrad")),
      optimizer_case("rmsprop_update", made_by_name("rmsprop")),
      optimizer_case("adam_update", made_by_name("adam")),
      optimizer_case("adamw_update", made_by_name("adamw")),
      curve_case("step_decay",
                 [](const Case& c) {
                   return rate_of(make_schedule(StepDecay{.initial = c.number("initial"),
                                                          .factor = c.number("factor"),
                                                          .every = count(c, "every")}));
                 }),
      curve_case("exponential_decay",
                 [](const Case& c) {
                   return rate_of(make_schedule(ExponentialDecay{.initial = c.number("initial"),
                                                                 .factor = c.number("factor"),
                                                                 .every = count(c, "every")}));
                 }),
      curve_case("inverse_time_decay",
                 [](const Case& c) {
                   return rate_of(make_schedule(InverseTimeDecay{.initial = c.number("initial"),
                                                                 .factor = c.number("factor"),
                                                                 .every = count(c, "every")}));
                 }),
      curve_case("cosine_decay",
                 [](const Case& c) {
                   return rate_of(make_schedule(CosineDecay{.initial = c.number("initial"),
                                                            .steps = count(c, "steps"),
                                                            .least = c.number("least")}));
                 }),
      // A warm-up before a rate of 1 is its factor.
      curve_case("warm_up",
                 [](const Case& c) {
                   return rate_of(
                       make_schedule(WarmUp{.steps = count(c, "steps"), .start = c.number("start")},
                                     constant_rate(1)));
                 }),
      curve_case("one_cycle",
                 [](const Case& c) {
                   return rate_of(make_schedule(OneCycle{.peak = c.number("peak"),
                                                         .steps = count(c, "steps"),
                                                         .rise = c.number("rise"),
                                                         .div = c.number("div"),
                                                         .final_div = c.number("final_div")}));
                 }),
      {"reduce_on_plateau", plateau_case},
  };
}

}  // namespace nn::cpu
