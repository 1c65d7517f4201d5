// adamw_update: Adam, and apart from it every weight loses a share of itself.
//   value -= rate * weight_decay * value
//   ... and then adam_update's three lines
// Shapes    All spans have as many elements, in memory apart from each other.
// Form      Decoupled: the decay goes past the moments. As an L2 penalty, whose gradient is added to
//           grad, it would be divided by sqrt(second) like everything else, and weights with large
//           gradients would hardly decay. The decay is times the rate, as in PyTorch, so that a
//           schedule lowers both; [Loshchilov19] keep the rate out and multiply by the schedule alone.
// Cost      As adam_update: one pass, 28 bytes an element.
// Source    [Loshchilov19] algorithm 2.
#pragma once

#include <cstdint>
#include <span>

#include "phase2_vectorized/week04_speed/adam.h"

namespace nn::cpu {

struct AdamWOptions {
  AdamOptions adam = {};
  double weight_decay = 0.01;  // >= 0
};

// Both moments are 0 before the first step; step is 1 at the first.
void adamw_update(std::span<float> value, std::span<float> first_moment,
                  std::span<float> second_moment, std::span<const float> grad, float learning_rate,
                  const AdamWOptions& options, std::int64_t step);

}  // namespace nn::cpu
