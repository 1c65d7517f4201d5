#include "phase2_vectorized/week04_speed/exp.h"

#include "common/check.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_part.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// x = n log 2 + r. The first part of log 2 has 9 bits, so n times it is exact for every n here; the
// second is what the first lacks.
constexpr float kLog2E = 0x1.715476p+0F;
constexpr float kLog2High = 0x1.63p-1F, kLog2Low = -0x1.bd0106p-13F;

struct Reduced {
  V n;  // an integer
  V r;  // at most log(2) / 2 in size, a little more by rounding
};

HWY_INLINE Reduced reduce(V x) {
  const D d;
  // >>> about 3 lines. README.md, "Exponentials by the register".
  const V n = hn::Round(hn::Mul(x, hn::Set(d, kLog2E)));
  const V high = hn::NegMulAdd(n, hn::Set(d, kLog2High), x);  // x - n * high: exact
  return {n, hn::NegMulAdd(n, hn::Set(d, kLog2Low), high)};
  // <<< NN_TODO("exp: reduce");
}

// r^2 q(r): what e^r has beyond 1 + r, for |r| <= log(2) / 2.
HWY_INLINE V beyond_linear(V r) {
  const D d;
  // exp_polynomial.py: q(r) = (e^r - 1 - r) / r^2, from r^4 down to r^0.
  constexpr float kQ[] = {0x1.6a244cp-10F, 0x1.1239d4p-7F, 0x1.5558f2p-5F, 0x1.555492p-3F,
                          0x1.fffffcp-2F};
  // >>> about 3 lines. README.md, "Exponentials by the register".
  V q = hn::Set(d, kQ[0]);
  for (int k = 1; k < 5; ++k) q = hn::MulAdd(q, r, hn::Set(d, kQ[k]));
  return hn::Mul(hn::Mul(r, r), q);
  // <<< NN_TODO("exp: polynomial");
}

// 2^n, n an integer in [-126, 127]: the exponent's bits.
HWY_INLINE V power_of_two(hn::Vec<hn::RebindToSigned<D>> n) {
  const hn::RebindToSigned<D> di;
  return hn::BitCast(D(), hn::ShiftLeft<23>(hn::Add(n, hn::Set(di, 127))));
}

// e^x.
HWY_INLINE V exp_of_reduced(Reduced x) {
  const V one = hn::Set(D(), 1);
  // >>> about 6 lines. README.md, "Exponentials by the register".
  const V sum = hn::Add(one, x.r), lost = hn::Sub(x.r, hn::Sub(sum, one));  // sum + lost = 1 + r
  const V power = hn::Add(sum, hn::Add(lost, beyond_linear(x.r)));  // e^r, nearly rounded once
  // n is from -150 to 128, which one float's exponent cannot hold: in two factors. Only the second
  // product rounds, and only where the result is denormal.
  const auto n = hn::ConvertTo(hn::RebindToSigned<D>(), x.n), half = hn::ShiftRight<1>(n);
  return hn::Mul(hn::Mul(power, power_of_two(half)), power_of_two(hn::Sub(n, half)));
  // <<< NN_TODO("exp: scale");
}

// e^x - 1 = 2^n (e^r - 1) + (2^n - 1).
HWY_INLINE V expm1_of_reduced(Reduced x) {
  const D d;
  // >>> about 5 lines. README.md, "Exponentials by the register".
  const V t = hn::Add(x.r, beyond_linear(x.r));  // e^r - 1
  const auto n = hn::ConvertTo(hn::RebindToSigned<D>(), x.n);
  // Half of it, then twice that: 2^128 is no float. Where n is 0 it is t, to the last bit.
  const V half_power = power_of_two(hn::Sub(n, hn::Set(hn::RebindToSigned<D>(), 1)));
  const V half_y = hn::MulAdd(half_power, t, hn::Sub(half_power, hn::Set(d, 0.5F)));
  return hn::IfThenElse(hn::Eq(x.n, hn::Zero(d)), t, hn::Add(half_y, half_y));
  // <<< NN_TODO("expm1: scale");
}

// Where e^x is 0 or infinity whatever x, x is brought nearer first: n would grow too large. Max and Min
// may lose NaN, so that comes back at the end.
HWY_INLINE V within(V x, float low, float high) {
  const D d;
  return hn::Min(hn::Max(x, hn::Set(d, low)), hn::Set(d, high));
}

struct Exp {
  HWY_INLINE V operator()(V x) const {
    const V y = exp_of_reduced(reduce(within(x, -104, 89)));  // 0 below -103.98, inf above 88.73
    return hn::IfThenElse(hn::IsNaN(x), x, y);
  }
};

struct Expm1 {
  HWY_INLINE V operator()(V x) const {
    const V y = expm1_of_reduced(reduce(within(x, -30, 89)));    // -1 below -17.33
    return hn::IfThenElse(hn::IsNaN(x), x, hn::CopySign(y, x));  // so that -0 stays -0
  }
};

template <class F>
void each(float* y, const float* x, std::size_t count) {
  const D d;
  const F f;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(f(hn::LoadU(d, x + i)), d, y + i);
  if (i < count) {
    const Part<D> rest(static_cast<int>(count - i));
    rest.store(f(rest.load(x + i)), y + i);
  }
}

void exp_of(float* y, const float* x, std::size_t count) { each<Exp>(y, x, count); }
void expm1_of(float* y, const float* x, std::size_t count) { each<Expm1>(y, x, count); }

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "exp.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(exp_of);
HWY_EXPORT(expm1_of);

}  // namespace

void exp(std::span<float> y, std::span<const float> x) {
  NN_CHECK_EQ(y.size(), x.size(), "exp: y and x are of one length");
  static const std::string chosen = simd_target();  // the first use reads NN_SIMD
  HWY_DYNAMIC_DISPATCH(exp_of)(y.data(), x.data(), x.size());
}

void expm1(std::span<float> y, std::span<const float> x) {
  NN_CHECK_EQ(y.size(), x.size(), "expm1: y and x are of one length");
  static const std::string chosen = simd_target();
  HWY_DYNAMIC_DISPATCH(expm1_of)(y.data(), x.data(), x.size());
}

}  // namespace nn::cpu
#endif
