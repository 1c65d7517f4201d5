// Schedule: which learning rate at which step, as a training loop asks for it.
//
//   const std::unique_ptr<Schedule> schedule = make_schedule(OneCycle{.peak = 0.006, .steps = 936});
//   for (...) optimizer->step(parameters, schedule->rate(optimizer->steps()));
//
// A step is whatever the caller counts: a batch, as the programs of this course do, or an epoch. The
// curves and their options are in schedules.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "phase2_vectorized/week04_speed/schedules.h"

namespace nn::cpu {

// What a schedule knows between two steps, by name. A number may be infinite; it is never NaN.
using ScheduleState = std::map<std::string, double>;

class Schedule {
 public:
  Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  virtual ~Schedule() = default;

  // The rate of step `step`, 0 being the first. nn::Error if step is negative.
  virtual float rate(std::int64_t step) const = 0;

  // How training goes: once an epoch, the validation loss or whatever is to be watched. A schedule that
  // is a curve does not listen; one of a Plateau, or of a warm-up before it, does.
  virtual void observe(double value) { static_cast<void>(value); }

  // With every number: "cosine_decay(initial 0.1, steps 900, least 0)".
  virtual std::string describe() const = 0;

  // For checkpoints: what observe() has changed. Empty for a curve.
  virtual ScheduleState state() const { return {}; }
  // nn::Error, with this schedule as it was, if the names are not those that state() gives.
  virtual void restore(const ScheduleState& state);
};

// The same rate at every step. nn::Error unless it is above 0.
std::unique_ptr<Schedule> constant_rate(double rate);

// The options' curve. nn::Error if an option is out of range.
std::unique_ptr<Schedule> make_schedule(const StepDecay& options);
std::unique_ptr<Schedule> make_schedule(const ExponentialDecay& options);
std::unique_ptr<Schedule> make_schedule(const InverseTimeDecay& options);
std::unique_ptr<Schedule> make_schedule(const CosineDecay& options);
std::unique_ptr<Schedule> make_schedule(const OneCycle& options);
std::unique_ptr<Schedule> make_schedule(const Plateau& options);
// options.steps steps of after's first rate times warm_up; then `after`, from its own step 0 on.
std::unique_ptr<Schedule> make_schedule(const WarmUp& options, std::unique_ptr<Schedule> after);

}  // namespace nn::cpu
