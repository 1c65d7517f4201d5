// What schedules demand of their options: nn::Error that names the schedule, the option and what it may
// be. The curves of schedules.h ask this at every step, the objects of schedule.h where they are made.
#pragma once

#include "phase2_vectorized/week04_speed/schedules.h"

namespace nn::cpu {

void check(const StepDecay& options);
void check(const ExponentialDecay& options);
void check(const InverseTimeDecay& options);
void check(const CosineDecay& options);
void check(const WarmUp& options);
void check(const OneCycle& options);
void check(const Plateau& options);

}  // namespace nn::cpu
