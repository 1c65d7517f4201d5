// A plain loop: neighbours do not depend on each other, so the compiler makes vector instructions of
// it, the root's too (CMakeLists.txt says how it may). The file is compiled once for each set of them:
// simd.h.
#include "phase2_vectorized/week04_speed/adamw.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

void adamw_loop(std::span<float> value, std::span<float> first_moment,
                std::span<float> second_moment, std::span<const float> grad, float learning_rate,
                const AdamWOptions& options, std::int64_t step) {
  // >>> about 15 lines. README.md, "Decay apart: AdamW".
  const double steps = static_cast<double>(step);
  const double correction1 = 1 - std::pow(options.adam.beta1, steps);
  const double correction2 = 1 - std::pow(options.adam.beta2, steps);
  const auto keep = static_cast<float>(1 - learning_rate * options.weight_decay);
  // Numbers of all elements, each computed in double and rounded once.
  const auto beta1 = static_cast<float>(options.adam.beta1),
             share1 = static_cast<float>(1 - options.adam.beta1);
  const auto beta2 = static_cast<float>(options.adam.beta2),
             share2 = static_cast<float>(1 - options.adam.beta2);
  const auto rate = static_cast<float>(learning_rate / correction1);
  const auto of_root = static_cast<float>(1 / std::sqrt(correction2));
  const auto epsilon = static_cast<float>(options.adam.epsilon);
  for (std::size_t i = 0; i < value.size(); ++i) {
    first_moment[i] = beta1 * first_moment[i] + share1 * grad[i];
    second_moment[i] = beta2 * second_moment[i] + share2 * (grad[i] * grad[i]);
    value[i] = keep * value[i] -
               rate * first_moment[i] / (std::sqrt(second_moment[i]) * of_root + epsilon);
  }
  // <<< NN_TODO("adamw_update");
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "adamw.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(adamw_loop);

}  // namespace

void adamw_update(std::span<float> value, std::span<float> first_moment,
                  std::span<float> second_moment, std::span<const float> grad, float learning_rate,
                  const AdamWOptions& options, std::int64_t step) {
  check_same_sizes("adamw_update", value.size(),
                   {first_moment.size(), second_moment.size(), grad.size()});
  check_count("adamw_update", "step", step, 1);
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(adamw_loop)
  (value, first_moment, second_moment, grad, learning_rate, options, step);
}

}  // namespace nn::cpu
#endif
