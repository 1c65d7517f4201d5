#include "phase2_vectorized/week04_speed/schedule.h"

#include <cmath>
#include <utility>

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/schedule_options.h"

namespace nn::cpu {

namespace {

std::string text(const StepDecay& o) {
  return detail::cat("step_decay(initial ", o.initial, ", factor ", o.factor, ", every ", o.every,
                     ")");
}
std::string text(const ExponentialDecay& o) {
  return detail::cat("exponential_decay(initial ", o.initial, ", factor ", o.factor, ", every ",
                     o.every, ")");
}
std::string text(const InverseTimeDecay& o) {
  return detail::cat("inverse_time_decay(initial ", o.initial, ", factor ", o.factor, ", every ",
                     o.every, ")");
}
std::string text(const CosineDecay& o) {
  return detail::cat("cosine_decay(initial ", o.initial, ", steps ", o.steps, ", least ", o.least,
                     ")");
}
std::string text(const OneCycle& o) {
  return detail::cat("one_cycle(peak ", o.peak, ", steps ", o.steps, ", rise ", o.rise, ", div ",
                     o.div, ", final_div ", o.final_div, ")");
}

class ConstantRate : public Schedule {
 public:
  explicit ConstantRate(double rate) : rate_(rate) {
    check_positive("constant_rate", "rate", rate);
  }
  float rate(std::int64_t step) const override {
    check_count("constant_rate", "step", step, 0);
    return static_cast<float>(rate_);
  }
  std::string describe() const override { return detail::cat("constant_rate(", rate_, ")"); }

 private:
  double rate_;
};

// A curve of schedules.h with its options.
template <class Options, double (*kCurve)(std::int64_t, const Options&)>
class Curve : public Schedule {
 public:
  explicit Curve(const Options& options) : options_(options) { check(options); }
  float rate(std::int64_t step) const override {
    return static_cast<float>(kCurve(step, options_));
  }
  std::string describe() const override { return text(options_); }

 private:
  Options options_;
};

class ReduceOnPlateau : public Schedule {
 public:
  explicit ReduceOnPlateau(const Plateau& options)
      : options_(options), now_(plateau_start(options)) {}
  float rate(std::int64_t step) const override {
    check_count("reduce_on_plateau", "step", step, 0);
    return static_cast<float>(now_.rate);
  }
  void observe(double value) override { now_ = reduce_on_plateau(now_, value, options_); }
  std::string describe() const override {
    return detail::cat("reduce_on_plateau(initial ", options_.initial, ", factor ", options_.factor,
                       ", patience ", options_.patience, ", threshold ", options_.threshold,
                       ", cooldown ", options_.cooldown, ", least ", options_.least,
                       options_.larger_is_better ? ", larger is better)" : ")");
  }
  ScheduleState state() const override {
    return {{"rate", now_.rate},
            {"best", now_.best},
            {"bad", static_cast<double>(now_.bad)},
            {"cooling", static_cast<double>(now_.cooling)}};
  }
  void restore(const ScheduleState& state) override {
    Schedule::restore(state);
    PlateauState restored{.rate = state.at("rate"), .best = state.at("best")};
    check_positive("reduce_on_plateau", "the state's rate", restored.rate);
    if (std::isnan(restored.best)) throw Error("reduce_on_plateau: the state's best is NaN");
    restored.bad = count(state, "bad");
    restored.cooling = count(state, "cooling");
    now_ = restored;
  }

 private:
  static std::int64_t count(const ScheduleState& state, const char* what) {
    const double value = state.at(what);
    if (!(value >= 0 && value <= 0x1p53 && value == std::floor(value))) {
      throw Error(detail::cat("reduce_on_plateau: the state's ", what, " is ", value,
                              "; it is a whole number of 0 or more"));
    }
    return static_cast<std::int64_t>(value);
  }

  Plateau options_;
  PlateauState now_;
};

class WarmUpThen : public Schedule {
 public:
  WarmUpThen(const WarmUp& options, std::unique_ptr<Schedule> after)
      : options_(options), after_(std::move(after)) {
    check(options);
    NN_CHECK(after_ != nullptr, "a warm-up needs a schedule to go before");
  }
  float rate(std::int64_t step) const override {
    if (step >= options_.steps) return after_->rate(step - options_.steps);
    return static_cast<float>(warm_up(step, options_) * after_->rate(0));
  }
  void observe(double value) override { after_->observe(value); }
  std::string describe() const override {
    return detail::cat("warm_up(steps ", options_.steps, ", start ", options_.start, ") then ",
                       after_->describe());
  }
  ScheduleState state() const override { return after_->state(); }
  void restore(const ScheduleState& state) override { after_->restore(state); }

 private:
  WarmUp options_;
  std::unique_ptr<Schedule> after_;
};

}  // namespace

void Schedule::restore(const ScheduleState& state) {
  const auto names = [](const ScheduleState& some) {
    std::string list;
    for (const auto& [name, value] : some) list += (list.empty() ? "" : ", ") + name;
    return list.empty() ? std::string("nothing") : list;
  };
  const std::string given = names(state), wanted = names(this->state());
  if (given != wanted) {
    throw Error(detail::cat(describe(), ": the state has ", given, "; this schedule has ", wanted));
  }
}

std::unique_ptr<Schedule> constant_rate(double rate) {
  return std::make_unique<ConstantRate>(rate);
}
std::unique_ptr<Schedule> make_schedule(const StepDecay& options) {
  return std::make_unique<Curve<StepDecay, step_decay>>(options);
}
std::unique_ptr<Schedule> make_schedule(const ExponentialDecay& options) {
  return std::make_unique<Curve<ExponentialDecay, exponential_decay>>(options);
}
std::unique_ptr<Schedule> make_schedule(const InverseTimeDecay& options) {
  return std::make_unique<Curve<InverseTimeDecay, inverse_time_decay>>(options);
}
std::unique_ptr<Schedule> make_schedule(const CosineDecay& options) {
  return std::make_unique<Curve<CosineDecay, cosine_decay>>(options);
}
std::unique_ptr<Schedule> make_schedule(const OneCycle& options) {
  return std::make_unique<Curve<OneCycle, one_cycle>>(options);
}
std::unique_ptr<Schedule> make_schedule(const Plateau& options) {
  return std::make_unique<ReduceOnPlateau>(options);
}
std::unique_ptr<Schedule> make_schedule(const WarmUp& options, std::unique_ptr<Schedule> after) {
  return std::make_unique<WarmUpThen>(options, std::move(after));
}

}  // namespace nn::cpu
