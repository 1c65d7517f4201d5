// cuda_fp16.h: half and half2, with the functions of the CUDA Math API. Every operation rounds to nearest,
// ties to even; see cudasim/small_float.h for why the results are the correctly rounded ones.
#pragma once
#include "cuda_runtime.h"
#include "cudasim/atomics.h"
#include "cudasim/device_functions.h"
#include "cudasim/small_float.h"
#include "cudasim/sync.h"

struct __half_raw {
  unsigned short x;
};

class __half {
 public:
  __half() = default;
  constexpr __half(__half_raw raw) : x_(raw.x) {}
  __half(float v) : x_(::cudasim::round_float<5, 10>(v, ::cudasim::Rounding::nearest)) {}
  __half(double v) : __half(::cudasim::to_odd(v)) {}
  __half(short v) : __half((double)v) {}
  __half(unsigned short v) : __half((double)v) {}
  __half(int v) : __half((double)v) {}
  __half(unsigned int v) : __half((double)v) {}
  __half(long v) : __half(::cudasim::to_odd_from_integer(v)) {}
  __half(unsigned long v) : __half(::cudasim::to_odd_from_integer(v)) {}
  __half(long long v) : __half(::cudasim::to_odd_from_integer(v)) {}
  __half(unsigned long long v) : __half(::cudasim::to_odd_from_integer(v)) {}
  operator float() const { return ::cudasim::widen<5, 10>(x_); }
  constexpr operator __half_raw() const { return {x_}; }
  constexpr unsigned short cudasim_bits() const { return x_; }

 private:
  unsigned short x_;
};

struct alignas(4) __half2 {
  __half x, y;
  __half2() = default;
  __half2(__half a, __half b) : x(a), y(b) {}
};
typedef __half half;
typedef __half2 half2;
typedef __half nv_half;
typedef __half2 nv_half2;

// Conversions.
CUDASIM_FN __half __ushort_as_half(unsigned short x) { return __half_raw{x}; }
CUDASIM_FN unsigned short __half_as_ushort(__half x) { return x.cudasim_bits(); }
CUDASIM_FN __half __short_as_half(short x) { return __half_raw{(unsigned short)x}; }
CUDASIM_FN short __half_as_short(__half x) { return (short)x.cudasim_bits(); }
CUDASIM_FN __half __float2half(float x) { return __half(x); }
CUDASIM_FN __half __double2half(double x) { return __half(x); }
CUDASIM_FN float __half2float(__half x) { return x; }
CUDASIM_FN __half __float2half_rn(float x) {
  return __half_raw{::cudasim::round_float<5, 10>(x, ::cudasim::Rounding::nearest)};
}
CUDASIM_FN __half __float2half_rz(float x) {
  return __half_raw{::cudasim::round_float<5, 10>(x, ::cudasim::Rounding::zero)};
}
CUDASIM_FN __half __float2half_ru(float x) {
  return __half_raw{::cudasim::round_float<5, 10>(x, ::cudasim::Rounding::up)};
}
CUDASIM_FN __half __float2half_rd(float x) {
  return __half_raw{::cudasim::round_float<5, 10>(x, ::cudasim::Rounding::down)};
}
CUDASIM_FN __half __int2half_rn(int x) { return __half(x); }
CUDASIM_FN __half __uint2half_rn(unsigned int x) { return __half(x); }
CUDASIM_FN __half __short2half_rn(short x) { return __half(x); }
CUDASIM_FN __half __ushort2half_rn(unsigned short x) { return __half(x); }
CUDASIM_FN __half __ll2half_rn(long long x) { return __half(x); }
CUDASIM_FN __half __ull2half_rn(unsigned long long x) { return __half(x); }
CUDASIM_FN int __half2int_rn(__half x) { return __float2int_rn((float)x); }
CUDASIM_FN int __half2int_rz(__half x) { return __float2int_rz((float)x); }
CUDASIM_FN int __half2int_ru(__half x) { return __float2int_ru((float)x); }
CUDASIM_FN int __half2int_rd(__half x) { return __float2int_rd((float)x); }
CUDASIM_FN unsigned int __half2uint_rn(__half x) { return __float2uint_rn((float)x); }
CUDASIM_FN unsigned int __half2uint_rz(__half x) { return __float2uint_rz((float)x); }
CUDASIM_FN unsigned int __half2uint_ru(__half x) { return __float2uint_ru((float)x); }
CUDASIM_FN unsigned int __half2uint_rd(__half x) { return __float2uint_rd((float)x); }
CUDASIM_FN long long __half2ll_rn(__half x) { return __float2ll_rn((float)x); }
CUDASIM_FN long long __half2ll_rz(__half x) { return __float2ll_rz((float)x); }
CUDASIM_FN long long __half2ll_ru(__half x) { return __float2ll_ru((float)x); }
CUDASIM_FN long long __half2ll_rd(__half x) { return __float2ll_rd((float)x); }
CUDASIM_FN __half2 __float2half2_rn(float x) { return {__half(x), __half(x)}; }
CUDASIM_FN __half2 __floats2half2_rn(float x, float y) { return {__half(x), __half(y)}; }
CUDASIM_FN __half2 __float22half2_rn(float2 v) { return {__half(v.x), __half(v.y)}; }
CUDASIM_FN float2 __half22float2(__half2 v) { return {(float)v.x, (float)v.y}; }
CUDASIM_FN float __low2float(__half2 v) { return v.x; }
CUDASIM_FN float __high2float(__half2 v) { return v.y; }
CUDASIM_FN __half __low2half(__half2 v) { return v.x; }
CUDASIM_FN __half __high2half(__half2 v) { return v.y; }
CUDASIM_FN __half2 __half2half2(__half x) { return {x, x}; }
CUDASIM_FN __half2 __halves2half2(__half x, __half y) { return {x, y}; }
CUDASIM_FN __half2 __lows2half2(__half2 a, __half2 b) { return {a.x, b.x}; }
CUDASIM_FN __half2 __highs2half2(__half2 a, __half2 b) { return {a.y, b.y}; }
CUDASIM_FN __half2 __lowhigh2highlow(__half2 v) { return {v.y, v.x}; }
CUDASIM_FN __half2 make_half2(__half x, __half y) { return {x, y}; }

// Arithmetic, on one and on pairs.
CUDASIM_FN __half __hneg(__half x) {
  return __half_raw{(unsigned short)(x.cudasim_bits() ^ 0x8000)};
}
CUDASIM_FN __half __habs(__half x) {
  return __half_raw{(unsigned short)(x.cudasim_bits() & 0x7fff)};
}
CUDASIM_FN __half __hfma(__half a, __half b, __half c) { return __half(::cudasim::fused(a, b, c)); }
CUDASIM_FN __half2 __hneg2(__half2 v) { return {__hneg(v.x), __hneg(v.y)}; }
CUDASIM_FN __half2 __habs2(__half2 v) { return {__habs(v.x), __habs(v.y)}; }
CUDASIM_FN __half2 __hfma2(__half2 a, __half2 b, __half2 c) {
  return {__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)};
}
CUDASIM_FN __half __hadd(__half a, __half b) { return __half((float)a + (float)b); }
CUDASIM_FN __half2 __hadd2(__half2 a, __half2 b) { return {__hadd(a.x, b.x), __hadd(a.y, b.y)}; }
CUDASIM_FN __half operator+(__half a, __half b) { return __hadd(a, b); }
CUDASIM_FN __half2 operator+(__half2 a, __half2 b) { return __hadd2(a, b); }
CUDASIM_FN __half& operator+=(__half& a, __half b) { return a = a + b; }
CUDASIM_FN __half2& operator+=(__half2& a, __half2 b) { return a = a + b; }
CUDASIM_FN __half __hadd_rn(__half a, __half b) { return __hadd(a, b); }
CUDASIM_FN __half __hadd_sat(__half a, __half b) { return __half(__saturatef(__hadd(a, b))); }
CUDASIM_FN __half __hsub(__half a, __half b) { return __half((float)a - (float)b); }
CUDASIM_FN __half2 __hsub2(__half2 a, __half2 b) { return {__hsub(a.x, b.x), __hsub(a.y, b.y)}; }
CUDASIM_FN __half operator-(__half a, __half b) { return __hsub(a, b); }
CUDASIM_FN __half2 operator-(__half2 a, __half2 b) { return __hsub2(a, b); }
CUDASIM_FN __half& operator-=(__half& a, __half b) { return a = a - b; }
CUDASIM_FN __half2& operator-=(__half2& a, __half2 b) { return a = a - b; }
CUDASIM_FN __half __hsub_rn(__half a, __half b) { return __hsub(a, b); }
CUDASIM_FN __half __hsub_sat(__half a, __half b) { return __half(__saturatef(__hsub(a, b))); }
CUDASIM_FN __half __hmul(__half a, __half b) { return __half((float)a * (float)b); }
CUDASIM_FN __half2 __hmul2(__half2 a, __half2 b) { return {__hmul(a.x, b.x), __hmul(a.y, b.y)}; }
CUDASIM_FN __half operator*(__half a, __half b) { return __hmul(a, b); }
CUDASIM_FN __half2 operator*(__half2 a, __half2 b) { return __hmul2(a, b); }
CUDASIM_FN __half& operator*=(__half& a, __half b) { return a = a * b; }
CUDASIM_FN __half2& operator*=(__half2& a, __half2 b) { return a = a * b; }
CUDASIM_FN __half __hmul_rn(__half a, __half b) { return __hmul(a, b); }
CUDASIM_FN __half __hmul_sat(__half a, __half b) { return __half(__saturatef(__hmul(a, b))); }
CUDASIM_FN __half __hdiv(__half a, __half b) { return __half((float)a / (float)b); }
CUDASIM_FN __half2 __h2div(__half2 a, __half2 b) { return {__hdiv(a.x, b.x), __hdiv(a.y, b.y)}; }
CUDASIM_FN __half operator/(__half a, __half b) { return __hdiv(a, b); }
CUDASIM_FN __half2 operator/(__half2 a, __half2 b) { return __h2div(a, b); }
CUDASIM_FN __half& operator/=(__half& a, __half b) { return a = a / b; }
CUDASIM_FN __half2& operator/=(__half2& a, __half2 b) { return a = a / b; }
CUDASIM_FN __half __hfma_sat(__half a, __half b, __half c) {
  return __half(__saturatef(__hfma(a, b, c)));
}
CUDASIM_FN __half __hfma_relu(__half a, __half b, __half c) {
  return __half(fmaxf(__hfma(a, b, c), 0.0f));
}
CUDASIM_FN __half operator-(__half x) { return __hneg(x); }
CUDASIM_FN __half2 operator-(__half2 v) { return __hneg2(v); }
CUDASIM_FN __half operator+(__half x) { return x; }
CUDASIM_FN __half& operator++(__half& x) { return x = x + __half(1.0f); }
CUDASIM_FN __half& operator--(__half& x) { return x = x - __half(1.0f); }

// Comparisons: false where a NaN takes part, but for != .
CUDASIM_FN bool __heq(__half a, __half b) { return (float)a == (float)b; }
CUDASIM_FN bool operator==(__half a, __half b) { return __heq(a, b); }
CUDASIM_FN __half2 __heq2(__half2 a, __half2 b) {
  return {__half(__heq(a.x, b.x) ? 1.0f : 0.0f), __half(__heq(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbeq2(__half2 a, __half2 b) { return __heq(a.x, b.x) && __heq(a.y, b.y); }
CUDASIM_FN bool __hne(__half a, __half b) { return (float)a != (float)b; }
CUDASIM_FN bool operator!=(__half a, __half b) { return __hne(a, b); }
CUDASIM_FN __half2 __hne2(__half2 a, __half2 b) {
  return {__half(__hne(a.x, b.x) ? 1.0f : 0.0f), __half(__hne(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbne2(__half2 a, __half2 b) { return __hne(a.x, b.x) && __hne(a.y, b.y); }
CUDASIM_FN bool __hlt(__half a, __half b) { return (float)a < (float)b; }
CUDASIM_FN bool operator<(__half a, __half b) { return __hlt(a, b); }
CUDASIM_FN __half2 __hlt2(__half2 a, __half2 b) {
  return {__half(__hlt(a.x, b.x) ? 1.0f : 0.0f), __half(__hlt(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hblt2(__half2 a, __half2 b) { return __hlt(a.x, b.x) && __hlt(a.y, b.y); }
CUDASIM_FN bool __hle(__half a, __half b) { return (float)a <= (float)b; }
CUDASIM_FN bool operator<=(__half a, __half b) { return __hle(a, b); }
CUDASIM_FN __half2 __hle2(__half2 a, __half2 b) {
  return {__half(__hle(a.x, b.x) ? 1.0f : 0.0f), __half(__hle(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hble2(__half2 a, __half2 b) { return __hle(a.x, b.x) && __hle(a.y, b.y); }
CUDASIM_FN bool __hgt(__half a, __half b) { return (float)a > (float)b; }
CUDASIM_FN bool operator>(__half a, __half b) { return __hgt(a, b); }
CUDASIM_FN __half2 __hgt2(__half2 a, __half2 b) {
  return {__half(__hgt(a.x, b.x) ? 1.0f : 0.0f), __half(__hgt(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbgt2(__half2 a, __half2 b) { return __hgt(a.x, b.x) && __hgt(a.y, b.y); }
CUDASIM_FN bool __hge(__half a, __half b) { return (float)a >= (float)b; }
CUDASIM_FN bool operator>=(__half a, __half b) { return __hge(a, b); }
CUDASIM_FN __half2 __hge2(__half2 a, __half2 b) {
  return {__half(__hge(a.x, b.x) ? 1.0f : 0.0f), __half(__hge(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbge2(__half2 a, __half2 b) { return __hge(a.x, b.x) && __hge(a.y, b.y); }
CUDASIM_FN bool __hisnan(__half x) { return (float)x != (float)x; }
CUDASIM_FN int __hisinf(__half x) { return isinf((float)x) ? ((float)x > 0 ? 1 : -1) : 0; }
CUDASIM_FN __half __hmax(__half a, __half b) { return __half(fmaxf(a, b)); }
CUDASIM_FN __half __hmin(__half a, __half b) { return __half(fminf(a, b)); }
CUDASIM_FN __half __hmax_nan(__half a, __half b) {
  return __hisnan(a) ? a : __hisnan(b) ? b : __hmax(a, b);
}
CUDASIM_FN __half __hmin_nan(__half a, __half b) {
  return __hisnan(a) ? a : __hisnan(b) ? b : __hmin(a, b);
}
CUDASIM_FN __half2 __hmax2(__half2 a, __half2 b) { return {__hmax(a.x, b.x), __hmax(a.y, b.y)}; }
CUDASIM_FN __half2 __hmin2(__half2 a, __half2 b) { return {__hmin(a.x, b.x), __hmin(a.y, b.y)}; }

// Functions: those of float, rounded.
CUDASIM_FN __half hsqrt(__half x) { return __half(sqrtf(x)); }
CUDASIM_FN __half2 h2sqrt(__half2 v) { return {hsqrt(v.x), hsqrt(v.y)}; }
CUDASIM_FN __half hrsqrt(__half x) { return __half(1.0 / sqrt((double)(float)x)); }
CUDASIM_FN __half2 h2rsqrt(__half2 v) { return {hrsqrt(v.x), hrsqrt(v.y)}; }
CUDASIM_FN __half hrcp(__half x) { return __half(1.0f / (float)x); }
CUDASIM_FN __half2 h2rcp(__half2 v) { return {hrcp(v.x), hrcp(v.y)}; }
CUDASIM_FN __half hexp(__half x) { return __half(exp((double)(float)x)); }
CUDASIM_FN __half2 h2exp(__half2 v) { return {hexp(v.x), hexp(v.y)}; }
CUDASIM_FN __half hexp2(__half x) { return __half(exp2((double)(float)x)); }
CUDASIM_FN __half2 h2exp2(__half2 v) { return {hexp2(v.x), hexp2(v.y)}; }
CUDASIM_FN __half hexp10(__half x) { return __half(pow(10.0, (float)x)); }
CUDASIM_FN __half2 h2exp10(__half2 v) { return {hexp10(v.x), hexp10(v.y)}; }
CUDASIM_FN __half hlog(__half x) { return __half(log((double)(float)x)); }
CUDASIM_FN __half2 h2log(__half2 v) { return {hlog(v.x), hlog(v.y)}; }
CUDASIM_FN __half hlog2(__half x) { return __half(log2((double)(float)x)); }
CUDASIM_FN __half2 h2log2(__half2 v) { return {hlog2(v.x), hlog2(v.y)}; }
CUDASIM_FN __half hlog10(__half x) { return __half(log10((double)(float)x)); }
CUDASIM_FN __half2 h2log10(__half2 v) { return {hlog10(v.x), hlog10(v.y)}; }
CUDASIM_FN __half hsin(__half x) { return __half(sin((double)(float)x)); }
CUDASIM_FN __half2 h2sin(__half2 v) { return {hsin(v.x), hsin(v.y)}; }
CUDASIM_FN __half hcos(__half x) { return __half(cos((double)(float)x)); }
CUDASIM_FN __half2 h2cos(__half2 v) { return {hcos(v.x), hcos(v.y)}; }
CUDASIM_FN __half htanh(__half x) { return __half(tanh((double)(float)x)); }
CUDASIM_FN __half2 h2tanh(__half2 v) { return {htanh(v.x), htanh(v.y)}; }
CUDASIM_FN __half hfloor(__half x) { return __half(floorf(x)); }
CUDASIM_FN __half2 h2floor(__half2 v) { return {hfloor(v.x), hfloor(v.y)}; }
CUDASIM_FN __half hceil(__half x) { return __half(ceilf(x)); }
CUDASIM_FN __half2 h2ceil(__half2 v) { return {hceil(v.x), hceil(v.y)}; }
CUDASIM_FN __half htrunc(__half x) { return __half(truncf(x)); }
CUDASIM_FN __half2 h2trunc(__half2 v) { return {htrunc(v.x), htrunc(v.y)}; }
CUDASIM_FN __half hrint(__half x) { return __half(rintf(x)); }
CUDASIM_FN __half2 h2rint(__half2 v) { return {hrint(v.x), hrint(v.y)}; }

CUDASIM_SHUFFLE(__half)
CUDASIM_SHUFFLE(__half2)

CUDASIM_FN __half atomicAdd(__half* address, __half value) {
  return ::cudasim::atomic_add_small(address, value);
}
CUDASIM_FN __half2 atomicAdd(__half2* address, __half2 value) {
  return ::cudasim::atomic_add_small(address, value);
}
