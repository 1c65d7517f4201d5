// sgd_update, momentum_update, nesterov_update: one step down the gradient, without a memory and with one.
//   sgd        value -= rate * grad
//   momentum   velocity = momentum * velocity + grad;  value -= rate * velocity
//   nesterov   velocity = momentum * velocity + grad;  value -= rate * (grad + momentum * velocity)
// Shapes    All spans have as many elements, in memory apart from each other.
// Form      PyTorch's. [Sutskever13] have the rate inside the velocity (velocity = momentum * velocity -
//           rate * grad): the same path while the rate stays, another where a schedule moves it,
//           since here a new rate acts at once on all of the velocity. Nesterov's gradient belongs to
//           the point a step ahead; written for the parameters at that point it needs only the
//           gradient at hand, and becomes the line above [Bengio12 section 3.5].
// Cost      One pass: 12 bytes an element moved by sgd, 20 by the others.
// Source    [Polyak64] for momentum, [Sutskever13] eq. 1-4 for both in networks.
#pragma once

#include <span>

namespace nn::cpu {

// value -= learning_rate * grad
void sgd_update(std::span<float> value, std::span<const float> grad, float learning_rate);

// velocity is 0 before the first step; momentum is in [0, 1).
void momentum_update(std::span<float> value, std::span<float> velocity, std::span<const float> grad,
                     float learning_rate, double momentum);

// As momentum_update, looking a step ahead.
void nesterov_update(std::span<float> value, std::span<float> velocity, std::span<const float> grad,
                     float learning_rate, double momentum);

}  // namespace nn::cpu
