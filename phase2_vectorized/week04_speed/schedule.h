// Schedule: which learning rate at which step.
//
//   WarmUp schedule(100, std::make_unique<CosineDecay>(CosineDecayOptions{.initial = 0.1, .steps = 900}));
//   for (...) optimizer->step(parameters, schedule.rate(optimizer->steps()));
//
// A step is whatever the caller counts: a batch, as the programs of this course do, or an epoch. The
// curves themselves are plain functions in schedules.h; here is what a training loop sees of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace nn::cpu {

// What a schedule knows between two steps, by name; numbers that a double holds.
using ScheduleState = std::map<std::string, double>;

class Schedule {
 public:
  Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  virtual ~Schedule() = default;

  // The rate of step `step`, 0 being the first. nn::Error if step is negative.
  virtual float rate(std::int64_t step) const = 0;

  // How training goes: once an epoch, the validation loss (or whatever the schedule watches). Most
  // schedules follow a curve and do not listen; ReduceOnPlateau does.
  virtual void observe(double value) { static_cast<void>(value); }

  // With every number: "cosine(initial 0.1, steps 900, least 0)".
  virtual std::string describe() const = 0;

  // For checkpoints: empty unless the schedule listens.
  virtual ScheduleState state() const { return {}; }
  // nn::Error if the state has other names than state() gives.
  virtual void restore(const ScheduleState& state);
};

}  // namespace nn::cpu
