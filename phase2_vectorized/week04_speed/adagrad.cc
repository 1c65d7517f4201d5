// A plain loop: neighbours do not depend on each other, so the compiler makes vector instructions of
// it, the root's too (CMakeLists.txt says how it may). The file is compiled once for each set of them:
// simd.h.
#include "phase2_vectorized/week04_speed/adagrad.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

void adagrad_loop(std::span<float> value, std::span<float> square_sum, std::span<const float> grad,
                  float learning_rate, const AdagradOptions& options) {
  // >>> about 5 lines. README.md, "A rate for every element: Adagrad".
  const auto epsilon = static_cast<float>(options.epsilon);
  for (std::size_t i = 0; i < value.size(); ++i) {
    square_sum[i] += grad[i] * grad[i];
    value[i] -= learning_rate * grad[i] / (std::sqrt(square_sum[i]) + epsilon);
  }
  // <<< NN_TODO("adagrad_update");
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "adagrad.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(adagrad_loop);

}  // namespace

void adagrad_update(std::span<float> value, std::span<float> square_sum,
                    std::span<const float> grad, float learning_rate,
                    const AdagradOptions& options) {
  check_same_sizes("adagrad_update", value.size(), {square_sum.size(), grad.size()});
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(adagrad_loop)(value, square_sum, grad, learning_rate, options);
}

}  // namespace nn::cpu
#endif
