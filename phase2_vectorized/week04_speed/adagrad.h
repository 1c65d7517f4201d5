// adagrad_update: every element has a rate of its own, that falls with what its gradients have been.
//   square_sum += grad^2
//   value -= rate * grad / (sqrt(square_sum) + epsilon)
// Shapes    All spans have as many elements, in memory apart from each other.
// Form      epsilon outside the root, as PyTorch has it and [Duchi11] have (their delta). Inside,
//           sqrt(sum + epsilon), as some texts write it, 1e-10 would act as 1e-5 does here.
// Cost      One pass, 20 bytes an element; a division and a root, which take most of the time.
// Source    [Duchi11] figure 1, with a diagonal matrix.
#pragma once

#include <span>

namespace nn::cpu {

struct AdagradOptions {
  double epsilon = 1e-10;  // >= 0: an element whose gradients were all 0 is divided by it
};

// square_sum is 0 before the first step.
void adagrad_update(std::span<float> value, std::span<float> square_sum,
                    std::span<const float> grad, float learning_rate,
                    const AdagradOptions& options);

}  // namespace nn::cpu
