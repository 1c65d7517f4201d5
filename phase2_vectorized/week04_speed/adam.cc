// A plain loop: neighbours do not depend on each other, so the compiler makes vector instructions of
// it, the root's too (CMakeLists.txt says how it may). The file is compiled once for each set of them:
// simd.h.
#include "phase2_vectorized/week04_speed/adam.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

void adam_loop(std::span<float> value, std::span<float> first_moment,
               std::span<float> second_moment, std::span<const float> grad, float learning_rate,
               const AdamOptions& options, std::int64_t step) {
  // >>> about 14 lines. README.md, "Both at once: Adam".
  const double steps = static_cast<double>(step);
  const double correction1 = 1 - std::pow(options.beta1, steps);
  const double correction2 = 1 - std::pow(options.beta2, steps);
  // Numbers of all elements, each computed in double and rounded once.
  const auto beta1 = static_cast<float>(options.beta1),
             share1 = static_cast<float>(1 - options.beta1);
  const auto beta2 = static_cast<float>(options.beta2),
             share2 = static_cast<float>(1 - options.beta2);
  const auto rate = static_cast<float>(learning_rate / correction1);
  const auto of_root = static_cast<float>(1 / std::sqrt(correction2));
  const auto epsilon = static_cast<float>(options.epsilon);
  for (std::size_t i = 0; i < value.size(); ++i) {
    first_moment[i] = beta1 * first_moment[i] + share1 * grad[i];
    second_moment[i] = beta2 * second_moment[i] + share2 * (grad[i] * grad[i]);
    value[i] -= rate * first_moment[i] / (std::sqrt(second_moment[i]) * of_root + epsilon);
  }
  // <<< NN_TODO("adam_update");
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "adam.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(adam_loop);

}  // namespace

void adam_update(std::span<float> value, std::span<float> first_moment,
                 std::span<float> second_moment, std::span<const float> grad, float learning_rate,
                 const AdamOptions& options, std::int64_t step) {
  check_same_sizes("adam_update", value.size(),
                   {first_moment.size(), second_moment.size(), grad.size()});
  check_count("adam_update", "step", step, 1);
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(adam_loop)
  (value, first_moment, second_moment, grad, learning_rate, options, step);
}

}  // namespace nn::cpu
#endif
