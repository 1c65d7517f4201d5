// Parameter: a matrix that learns, with the gradient of the loss by it.
//
// Layers add to `grad` (docs/notation.md: parameter gradients are accumulated into), an optimiser moves
// `value` by it, and zero_grad makes room for the next batch.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

struct Parameter {
  std::string name;  // "layers.0.w": what files and messages call it
  Matrix value;
  Matrix grad;  // the shape of value
};

// grad = 0 in every parameter, before the gradients of a new batch are added up.
inline void zero_grad(std::span<Parameter> parameters) {
  for (Parameter& parameter : parameters) std::ranges::fill(parameter.grad.values(), 0.0F);
}

}  // namespace nn::cpu
