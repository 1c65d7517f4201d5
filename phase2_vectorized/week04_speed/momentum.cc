// Plain loops: neighbours do not depend on each other, so the compiler makes vector instructions of
// them. The file is compiled once for each set of instructions: simd.h.
#include "phase2_vectorized/week04_speed/momentum.h"

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

void sgd_loop(std::span<float> value, std::span<const float> grad, float learning_rate) {
  // >>> 1 line. README.md, "Down the gradient, and momentum".
  for (std::size_t i = 0; i < value.size(); ++i) value[i] -= learning_rate * grad[i];
  // <<< NN_TODO("sgd_update");
}

void momentum_loop(std::span<float> value, std::span<float> velocity, std::span<const float> grad,
                   float learning_rate, float momentum) {
  // >>> about 4 lines. README.md, "Down the gradient, and momentum".
  for (std::size_t i = 0; i < value.size(); ++i) {
    velocity[i] = momentum * velocity[i] + grad[i];
    value[i] -= learning_rate * velocity[i];
  }
  // <<< NN_TODO("momentum_update");
}

void nesterov_loop(std::span<float> value, std::span<float> velocity, std::span<const float> grad,
                   float learning_rate, float momentum) {
  // >>> about 4 lines. README.md, "Down the gradient, and momentum".
  for (std::size_t i = 0; i < value.size(); ++i) {
    velocity[i] = momentum * velocity[i] + grad[i];
    value[i] -= learning_rate * (grad[i] + momentum * velocity[i]);
  }
  // <<< NN_TODO("nesterov_update");
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "momentum.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(sgd_loop);
HWY_EXPORT(momentum_loop);
HWY_EXPORT(nesterov_loop);

}  // namespace

void sgd_update(std::span<float> value, std::span<const float> grad, float learning_rate) {
  check_same_sizes("sgd_update", value.size(), {grad.size()});
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(sgd_loop)(value, grad, learning_rate);
}

void momentum_update(std::span<float> value, std::span<float> velocity, std::span<const float> grad,
                     float learning_rate, double momentum) {
  check_same_sizes("momentum_update", value.size(), {velocity.size(), grad.size()});
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(momentum_loop)
  (value, velocity, grad, learning_rate, static_cast<float>(momentum));
}

void nesterov_update(std::span<float> value, std::span<float> velocity, std::span<const float> grad,
                     float learning_rate, double momentum) {
  check_same_sizes("nesterov_update", value.size(), {velocity.size(), grad.size()});
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(nesterov_loop)
  (value, velocity, grad, learning_rate, static_cast<float>(momentum));
}

}  // namespace nn::cpu
#endif
