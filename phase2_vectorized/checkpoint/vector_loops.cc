// Plain loops, of which the compiler makes vector instructions, once for each set of them: simd.h.
#include "phase2_vectorized/checkpoint/vector_loops.h"

#include "common/check.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

void double_and_add_one_loop(std::span<float> y, std::span<const float> x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = 2 * x[i] + 1;
}

float sum_loop(std::span<const float> x) {
  constexpr std::size_t kSums = 64;
  float sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= x.size(); i += kSums) {
    for (std::size_t k = 0; k < kSums; ++k) sums[k] += x[i + k];
  }
  float total = 0;
  for (; i < x.size(); ++i) total += x[i];
  for (const float sum : sums) total += sum;
  return total;
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "vector_loops.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {
HWY_EXPORT(double_and_add_one_loop);
HWY_EXPORT(sum_loop);
}  // namespace

void double_and_add_one(std::span<float> y, std::span<const float> x) {
  NN_CHECK_EQ(y.size(), x.size(), "double_and_add_one");
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(double_and_add_one_loop)(y, x);
}

float sum_of(std::span<const float> x) {
  settle_simd_target();
  return HWY_DYNAMIC_DISPATCH(sum_loop)(x);
}

}  // namespace nn::cpu
#endif
