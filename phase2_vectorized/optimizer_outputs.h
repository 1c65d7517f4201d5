// The golden cases of optimisers and schedules, for phase2_outputs.
#pragma once

#include <vector>

#include "common/outputs.h"
#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

std::vector<CaseFunction<Matrix>> optimizer_case_functions();

}  // namespace nn::cpu
