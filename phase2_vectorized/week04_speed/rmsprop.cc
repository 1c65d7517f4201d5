// A plain loop: neighbours do not depend on each other, so the compiler makes vector instructions of
// it, the root's too (CMakeLists.txt says how it may). The file is compiled once for each set of them:
// simd.h.
#include "phase2_vectorized/week04_speed/rmsprop.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

void rmsprop_loop(std::span<float> value, std::span<float> square_mean, std::span<const float> grad,
                  float learning_rate, const RmsPropOptions& options) {
  // >>> about 8 lines. README.md, "Forgetting: RMSprop".
  const auto decay = static_cast<float>(options.decay);
  const auto share = static_cast<float>(1 - options.decay);  // rounded once, from double
  const auto epsilon = static_cast<float>(options.epsilon);
  for (std::size_t i = 0; i < value.size(); ++i) {
    square_mean[i] = decay * square_mean[i] + share * (grad[i] * grad[i]);
    value[i] -= learning_rate * grad[i] / (std::sqrt(square_mean[i]) + epsilon);
  }
  // <<< NN_TODO("rmsprop_update");
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "rmsprop.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(rmsprop_loop);

}  // namespace

void rmsprop_update(std::span<float> value, std::span<float> square_mean,
                    std::span<const float> grad, float learning_rate,
                    const RmsPropOptions& options) {
  check_same_sizes("rmsprop_update", value.size(), {square_mean.size(), grad.size()});
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(rmsprop_loop)(value, square_mean, grad, learning_rate, options);
}

}  // namespace nn::cpu
#endif
