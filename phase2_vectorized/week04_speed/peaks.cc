#include "phase2_vectorized/week04_speed/peaks.h"

#include "phase2_vectorized/week04_speed/simd.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

int lanes() { return static_cast<int>(hn::Lanes(hn::ScalableTag<float>())); }

float run_fma_peak(int steps) {
  const hn::ScalableTag<float> d;
  constexpr int kSums = 12;  // 4 cycles of latency, 2 a cycle: 8 would do; 16 registers hold 12
  hn::Vec<decltype(d)> sum[kSums];
  HWY_UNROLL(12)
  for (int i = 0; i < kSums; ++i) sum[i] = hn::Set(d, static_cast<float>(i));
  const auto factor = hn::Set(d, 0.999F), term = hn::Set(d, 0.001F);
  for (int step = 0; step < 2 * steps; ++step) {
    HWY_UNROLL(12)
    for (int i = 0; i < kSums; ++i) sum[i] = hn::MulAdd(sum[i], factor, term);
  }
  auto total = hn::Zero(d);
  HWY_UNROLL(12)
  for (int i = 0; i < kSums; ++i) total = hn::Add(total, sum[i]);
  return hn::GetLane(total);
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "peaks.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {
HWY_EXPORT(lanes);
HWY_EXPORT(run_fma_peak);
}  // namespace

int fma_peak_lanes() { return HWY_DYNAMIC_DISPATCH(lanes)(); }
float fma_peak(int steps) { return HWY_DYNAMIC_DISPATCH(run_fma_peak)(steps); }

}  // namespace nn::cpu
#endif
