// rmsprop_update: Adagrad that forgets. The mean of recent squares takes the place of the sum of all.
//   square_mean = decay * square_mean + (1 - decay) * grad^2
//   value -= rate * grad / (sqrt(square_mean) + epsilon)
// Shapes    All spans have as many elements, in memory apart from each other.
// Form      epsilon outside the root, as PyTorch has it; TensorFlow 1 had it inside. decay is PyTorch's
//           alpha, 0.99; [Tieleman12] has 0.9. The mean starts at 0 and nothing corrects for that, so
//           the first step is rate / sqrt(1 - decay) long: ten times the rate.
// Numerics  1 - decay is computed in double: 1 - 0.99F is 1e-6 of itself off.
// Cost      One pass, 20 bytes an element; a division and a root.
// Source    [Tieleman12] slide 29.
#pragma once

#include <span>

namespace nn::cpu {

struct RmsPropOptions {
  double decay = 0.99;    // [0, 1): how much of the mean is kept at each step
  double epsilon = 1e-8;  // >= 0
};

// square_mean is 0 before the first step.
void rmsprop_update(std::span<float> value, std::span<float> square_mean,
                    std::span<const float> grad, float learning_rate,
                    const RmsPropOptions& options);

}  // namespace nn::cpu
