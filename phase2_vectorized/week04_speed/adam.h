// adam_update: momentum and a rate for every element, both as means that are right from the first step.
//   first_moment  = beta1 * first_moment  + (1 - beta1) * grad
//   second_moment = beta2 * second_moment + (1 - beta2) * grad^2
//   value -= rate * first / (sqrt(second) + epsilon),
//       first = first_moment / (1 - beta1^step),  second = second_moment / (1 - beta2^step)
// Shapes    All spans have as many elements, in memory apart from each other.
// Form      As [Kingma15] algorithm 1, and PyTorch. Their section 2 also gives a quicker form that leaves
//           epsilon out of the correction, sqrt(second_moment) + epsilon: TensorFlow's. While the
//           correction is small, its epsilon acts as a larger one (32 times, at step 1).
// Numerics  1 - beta and the corrections are computed in double: 1 - 0.999F is 1.3e-5 of itself off.
// Cost      One pass, 28 bytes an element; a division and a root, which take most of the time. The
//           corrections are numbers, not arrays: they are folded into the rate and a factor of the
//           root.
// Source    [Kingma15] algorithm 1.
#pragma once

#include <cstdint>
#include <span>

namespace nn::cpu {

struct AdamOptions {
  double beta1 = 0.9;     // [0, 1): how much of the mean gradient is kept at each step
  double beta2 = 0.999;   // [0, 1): the same of the mean square
  double epsilon = 1e-8;  // >= 0
};

// Both moments are 0 before the first step; step is 1 at the first.
void adam_update(std::span<float> value, std::span<float> first_moment,
                 std::span<float> second_moment, std::span<const float> grad, float learning_rate,
                 const AdamOptions& options, std::int64_t step);

}  // namespace nn::cpu
