#include "phase2_vectorized/week05_data/pixels.h"

#include "common/check.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// A division takes five times as long as all the rest. So, where multiply-adds are one instruction,
// p times 1/255 first, and then what that left: p - 255 q is exact, and its share of 255 makes the
// last bit right. pixels_test.cc holds it to the division for every byte there is.
template <class D>
HWY_INLINE hn::Vec<D> share_of_255(D d, hn::Vec<D> p) {
#if HWY_NATIVE_FMA
  const auto all = hn::Set(d, 255.0F), share = hn::Set(d, 1.0F / 255.0F);
  const auto q = hn::Mul(p, share);
  return hn::MulAdd(hn::NegMulAdd(all, q, p), share, q);
#else
  return hn::Div(p, hn::Set(d, 255.0F));
#endif
}

void pixels_to_floats_loop(std::span<float> y, std::span<const std::uint8_t> pixels) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> as_int;
  const hn::Rebind<std::uint8_t, decltype(d)> as_byte;
  const std::size_t lanes = hn::Lanes(d), count = y.size();
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto p = hn::ConvertTo(d, hn::PromoteTo(as_int, hn::LoadU(as_byte, pixels.data() + i)));
    hn::StoreU(share_of_255(d, p), d, y.data() + i);
  }
  for (; i < count; ++i) y[i] = static_cast<float>(pixels[i]) / 255.0F;
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "pixels.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {
HWY_EXPORT(pixels_to_floats_loop);
}  // namespace

void pixels_to_floats(std::span<float> y, std::span<const std::uint8_t> pixels) {
  NN_CHECK_EQ(y.size(), pixels.size(), "pixels_to_floats: one number a pixel");
  settle_simd_target();
  HWY_DYNAMIC_DISPATCH(pixels_to_floats_loop)(y, pixels);
}

}  // namespace nn::cpu
#endif
