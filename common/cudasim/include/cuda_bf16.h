// cuda_bf16.h: __nv_bfloat16 and __nv_bfloat162, with the functions of the CUDA Math API. Every operation rounds to nearest,
// ties to even; see cudasim/small_float.h for why the results are the correctly rounded ones.
#pragma once
#include "cuda_runtime.h"
#include "cudasim/atomics.h"
#include "cudasim/device_functions.h"
#include "cudasim/small_float.h"
#include "cudasim/sync.h"

struct __nv_bfloat16_raw {
  unsigned short x;
};

class __nv_bfloat16 {
 public:
  __nv_bfloat16() = default;
  constexpr __nv_bfloat16(__nv_bfloat16_raw raw) : x_(raw.x) {}
  __nv_bfloat16(float v) : x_(::cudasim::round_float<8, 7>(v, ::cudasim::Rounding::nearest)) {}
  __nv_bfloat16(double v) : __nv_bfloat16(::cudasim::to_odd(v)) {}
  __nv_bfloat16(short v) : __nv_bfloat16((double)v) {}
  __nv_bfloat16(unsigned short v) : __nv_bfloat16((double)v) {}
  __nv_bfloat16(int v) : __nv_bfloat16((double)v) {}
  __nv_bfloat16(unsigned int v) : __nv_bfloat16((double)v) {}
  __nv_bfloat16(long v) : __nv_bfloat16(::cudasim::to_odd_from_integer(v)) {}
  __nv_bfloat16(unsigned long v) : __nv_bfloat16(::cudasim::to_odd_from_integer(v)) {}
  __nv_bfloat16(long long v) : __nv_bfloat16(::cudasim::to_odd_from_integer(v)) {}
  __nv_bfloat16(unsigned long long v) : __nv_bfloat16(::cudasim::to_odd_from_integer(v)) {}
  operator float() const { return ::cudasim::widen<8, 7>(x_); }
  constexpr operator __nv_bfloat16_raw() const { return {x_}; }
  constexpr unsigned short cudasim_bits() const { return x_; }

 private:
  unsigned short x_;
};

struct alignas(4) __nv_bfloat162 {
  __nv_bfloat16 x, y;
  __nv_bfloat162() = default;
  __nv_bfloat162(__nv_bfloat16 a, __nv_bfloat16 b) : x(a), y(b) {}
};
typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;

// Conversions.
CUDASIM_FN __nv_bfloat16 __ushort_as_bfloat16(unsigned short x) { return __nv_bfloat16_raw{x}; }
CUDASIM_FN unsigned short __bfloat16_as_ushort(__nv_bfloat16 x) { return x.cudasim_bits(); }
CUDASIM_FN __nv_bfloat16 __short_as_bfloat16(short x) {
  return __nv_bfloat16_raw{(unsigned short)x};
}
CUDASIM_FN short __bfloat16_as_short(__nv_bfloat16 x) { return (short)x.cudasim_bits(); }
CUDASIM_FN __nv_bfloat16 __float2bfloat16(float x) { return __nv_bfloat16(x); }
CUDASIM_FN __nv_bfloat16 __double2bfloat16(double x) { return __nv_bfloat16(x); }
CUDASIM_FN float __bfloat162float(__nv_bfloat16 x) { return x; }
CUDASIM_FN __nv_bfloat16 __float2bfloat16_rn(float x) {
  return __nv_bfloat16_raw{::cudasim::round_float<8, 7>(x, ::cudasim::Rounding::nearest)};
}
CUDASIM_FN __nv_bfloat16 __float2bfloat16_rz(float x) {
  return __nv_bfloat16_raw{::cudasim::round_float<8, 7>(x, ::cudasim::Rounding::zero)};
}
CUDASIM_FN __nv_bfloat16 __float2bfloat16_ru(float x) {
  return __nv_bfloat16_raw{::cudasim::round_float<8, 7>(x, ::cudasim::Rounding::up)};
}
CUDASIM_FN __nv_bfloat16 __float2bfloat16_rd(float x) {
  return __nv_bfloat16_raw{::cudasim::round_float<8, 7>(x, ::cudasim::Rounding::down)};
}
CUDASIM_FN __nv_bfloat16 __int2bfloat16_rn(int x) { return __nv_bfloat16(x); }
CUDASIM_FN __nv_bfloat16 __uint2bfloat16_rn(unsigned int x) { return __nv_bfloat16(x); }
CUDASIM_FN __nv_bfloat16 __short2bfloat16_rn(short x) { return __nv_bfloat16(x); }
CUDASIM_FN __nv_bfloat16 __ushort2bfloat16_rn(unsigned short x) { return __nv_bfloat16(x); }
CUDASIM_FN __nv_bfloat16 __ll2bfloat16_rn(long long x) { return __nv_bfloat16(x); }
CUDASIM_FN __nv_bfloat16 __ull2bfloat16_rn(unsigned long long x) { return __nv_bfloat16(x); }
CUDASIM_FN int __bfloat162int_rn(__nv_bfloat16 x) { return __float2int_rn((float)x); }
CUDASIM_FN int __bfloat162int_rz(__nv_bfloat16 x) { return __float2int_rz((float)x); }
CUDASIM_FN int __bfloat162int_ru(__nv_bfloat16 x) { return __float2int_ru((float)x); }
CUDASIM_FN int __bfloat162int_rd(__nv_bfloat16 x) { return __float2int_rd((float)x); }
CUDASIM_FN unsigned int __bfloat162uint_rn(__nv_bfloat16 x) { return __float2uint_rn((float)x); }
CUDASIM_FN unsigned int __bfloat162uint_rz(__nv_bfloat16 x) { return __float2uint_rz((float)x); }
CUDASIM_FN unsigned int __bfloat162uint_ru(__nv_bfloat16 x) { return __float2uint_ru((float)x); }
CUDASIM_FN unsigned int __bfloat162uint_rd(__nv_bfloat16 x) { return __float2uint_rd((float)x); }
CUDASIM_FN long long __bfloat162ll_rn(__nv_bfloat16 x) { return __float2ll_rn((float)x); }
CUDASIM_FN long long __bfloat162ll_rz(__nv_bfloat16 x) { return __float2ll_rz((float)x); }
CUDASIM_FN long long __bfloat162ll_ru(__nv_bfloat16 x) { return __float2ll_ru((float)x); }
CUDASIM_FN long long __bfloat162ll_rd(__nv_bfloat16 x) { return __float2ll_rd((float)x); }
CUDASIM_FN __nv_bfloat162 __float2bfloat162_rn(float x) {
  return {__nv_bfloat16(x), __nv_bfloat16(x)};
}
CUDASIM_FN __nv_bfloat162 __floats2bfloat162_rn(float x, float y) {
  return {__nv_bfloat16(x), __nv_bfloat16(y)};
}
CUDASIM_FN __nv_bfloat162 __float22bfloat162_rn(float2 v) {
  return {__nv_bfloat16(v.x), __nv_bfloat16(v.y)};
}
CUDASIM_FN float2 __bfloat1622float2(__nv_bfloat162 v) { return {(float)v.x, (float)v.y}; }
CUDASIM_FN float __low2float(__nv_bfloat162 v) { return v.x; }
CUDASIM_FN float __high2float(__nv_bfloat162 v) { return v.y; }
CUDASIM_FN __nv_bfloat16 __low2bfloat16(__nv_bfloat162 v) { return v.x; }
CUDASIM_FN __nv_bfloat16 __high2bfloat16(__nv_bfloat162 v) { return v.y; }
CUDASIM_FN __nv_bfloat162 __bfloat162bfloat162(__nv_bfloat16 x) { return {x, x}; }
CUDASIM_FN __nv_bfloat162 __halves2bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) { return {x, y}; }
CUDASIM_FN __nv_bfloat162 __lows2bfloat162(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {a.x, b.x};
}
CUDASIM_FN __nv_bfloat162 __highs2bfloat162(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {a.y, b.y};
}
CUDASIM_FN __nv_bfloat162 __lowhigh2highlow(__nv_bfloat162 v) { return {v.y, v.x}; }
CUDASIM_FN __nv_bfloat162 make_bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) { return {x, y}; }

// Arithmetic, on one and on pairs.
CUDASIM_FN __nv_bfloat16 __hneg(__nv_bfloat16 x) {
  return __nv_bfloat16_raw{(unsigned short)(x.cudasim_bits() ^ 0x8000)};
}
CUDASIM_FN __nv_bfloat16 __habs(__nv_bfloat16 x) {
  return __nv_bfloat16_raw{(unsigned short)(x.cudasim_bits() & 0x7fff)};
}
CUDASIM_FN __nv_bfloat16 __hfma(__nv_bfloat16 a, __nv_bfloat16 b, __nv_bfloat16 c) {
  return __nv_bfloat16(::cudasim::fused(a, b, c));
}
CUDASIM_FN __nv_bfloat162 __hneg2(__nv_bfloat162 v) { return {__hneg(v.x), __hneg(v.y)}; }
CUDASIM_FN __nv_bfloat162 __habs2(__nv_bfloat162 v) { return {__habs(v.x), __habs(v.y)}; }
CUDASIM_FN __nv_bfloat162 __hfma2(__nv_bfloat162 a, __nv_bfloat162 b, __nv_bfloat162 c) {
  return {__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)};
}
CUDASIM_FN __nv_bfloat16 __hadd(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16((float)a + (float)b);
}
CUDASIM_FN __nv_bfloat162 __hadd2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__hadd(a.x, b.x), __hadd(a.y, b.y)};
}
CUDASIM_FN __nv_bfloat16 operator+(__nv_bfloat16 a, __nv_bfloat16 b) { return __hadd(a, b); }
CUDASIM_FN __nv_bfloat162 operator+(__nv_bfloat162 a, __nv_bfloat162 b) { return __hadd2(a, b); }
CUDASIM_FN __nv_bfloat16& operator+=(__nv_bfloat16& a, __nv_bfloat16 b) { return a = a + b; }
CUDASIM_FN __nv_bfloat162& operator+=(__nv_bfloat162& a, __nv_bfloat162 b) { return a = a + b; }
CUDASIM_FN __nv_bfloat16 __hadd_rn(__nv_bfloat16 a, __nv_bfloat16 b) { return __hadd(a, b); }
CUDASIM_FN __nv_bfloat16 __hadd_sat(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16(__saturatef(__hadd(a, b)));
}
CUDASIM_FN __nv_bfloat16 __hsub(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16((float)a - (float)b);
}
CUDASIM_FN __nv_bfloat162 __hsub2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__hsub(a.x, b.x), __hsub(a.y, b.y)};
}
CUDASIM_FN __nv_bfloat16 operator-(__nv_bfloat16 a, __nv_bfloat16 b) { return __hsub(a, b); }
CUDASIM_FN __nv_bfloat162 operator-(__nv_bfloat162 a, __nv_bfloat162 b) { return __hsub2(a, b); }
CUDASIM_FN __nv_bfloat16& operator-=(__nv_bfloat16& a, __nv_bfloat16 b) { return a = a - b; }
CUDASIM_FN __nv_bfloat162& operator-=(__nv_bfloat162& a, __nv_bfloat162 b) { return a = a - b; }
CUDASIM_FN __nv_bfloat16 __hsub_rn(__nv_bfloat16 a, __nv_bfloat16 b) { return __hsub(a, b); }
CUDASIM_FN __nv_bfloat16 __hsub_sat(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16(__saturatef(__hsub(a, b)));
}
CUDASIM_FN __nv_bfloat16 __hmul(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16((float)a * (float)b);
}
CUDASIM_FN __nv_bfloat162 __hmul2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__hmul(a.x, b.x), __hmul(a.y, b.y)};
}
CUDASIM_FN __nv_bfloat16 operator*(__nv_bfloat16 a, __nv_bfloat16 b) { return __hmul(a, b); }
CUDASIM_FN __nv_bfloat162 operator*(__nv_bfloat162 a, __nv_bfloat162 b) { return __hmul2(a, b); }
CUDASIM_FN __nv_bfloat16& operator*=(__nv_bfloat16& a, __nv_bfloat16 b) { return a = a * b; }
CUDASIM_FN __nv_bfloat162& operator*=(__nv_bfloat162& a, __nv_bfloat162 b) { return a = a * b; }
CUDASIM_FN __nv_bfloat16 __hmul_rn(__nv_bfloat16 a, __nv_bfloat16 b) { return __hmul(a, b); }
CUDASIM_FN __nv_bfloat16 __hmul_sat(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16(__saturatef(__hmul(a, b)));
}
CUDASIM_FN __nv_bfloat16 __hdiv(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16((float)a / (float)b);
}
CUDASIM_FN __nv_bfloat162 __h2div(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__hdiv(a.x, b.x), __hdiv(a.y, b.y)};
}
CUDASIM_FN __nv_bfloat16 operator/(__nv_bfloat16 a, __nv_bfloat16 b) { return __hdiv(a, b); }
CUDASIM_FN __nv_bfloat162 operator/(__nv_bfloat162 a, __nv_bfloat162 b) { return __h2div(a, b); }
CUDASIM_FN __nv_bfloat16& operator/=(__nv_bfloat16& a, __nv_bfloat16 b) { return a = a / b; }
CUDASIM_FN __nv_bfloat162& operator/=(__nv_bfloat162& a, __nv_bfloat162 b) { return a = a / b; }
CUDASIM_FN __nv_bfloat16 __hfma_sat(__nv_bfloat16 a, __nv_bfloat16 b, __nv_bfloat16 c) {
  return __nv_bfloat16(__saturatef(__hfma(a, b, c)));
}
CUDASIM_FN __nv_bfloat16 __hfma_relu(__nv_bfloat16 a, __nv_bfloat16 b, __nv_bfloat16 c) {
  return __nv_bfloat16(fmaxf(__hfma(a, b, c), 0.0f));
}
CUDASIM_FN __nv_bfloat16 operator-(__nv_bfloat16 x) { return __hneg(x); }
CUDASIM_FN __nv_bfloat162 operator-(__nv_bfloat162 v) { return __hneg2(v); }
CUDASIM_FN __nv_bfloat16 operator+(__nv_bfloat16 x) { return x; }
CUDASIM_FN __nv_bfloat16& operator++(__nv_bfloat16& x) { return x = x + __nv_bfloat16(1.0f); }
CUDASIM_FN __nv_bfloat16& operator--(__nv_bfloat16& x) { return x = x - __nv_bfloat16(1.0f); }

// Comparisons: false where a NaN takes part, but for != .
CUDASIM_FN bool __heq(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a == (float)b; }
CUDASIM_FN bool operator==(__nv_bfloat16 a, __nv_bfloat16 b) { return __heq(a, b); }
CUDASIM_FN __nv_bfloat162 __heq2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__nv_bfloat16(__heq(a.x, b.x) ? 1.0f : 0.0f),
          __nv_bfloat16(__heq(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbeq2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return __heq(a.x, b.x) && __heq(a.y, b.y);
}
CUDASIM_FN bool __hne(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a != (float)b; }
CUDASIM_FN bool operator!=(__nv_bfloat16 a, __nv_bfloat16 b) { return __hne(a, b); }
CUDASIM_FN __nv_bfloat162 __hne2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__nv_bfloat16(__hne(a.x, b.x) ? 1.0f : 0.0f),
          __nv_bfloat16(__hne(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbne2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return __hne(a.x, b.x) && __hne(a.y, b.y);
}
CUDASIM_FN bool __hlt(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a < (float)b; }
CUDASIM_FN bool operator<(__nv_bfloat16 a, __nv_bfloat16 b) { return __hlt(a, b); }
CUDASIM_FN __nv_bfloat162 __hlt2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__nv_bfloat16(__hlt(a.x, b.x) ? 1.0f : 0.0f),
          __nv_bfloat16(__hlt(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hblt2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return __hlt(a.x, b.x) && __hlt(a.y, b.y);
}
CUDASIM_FN bool __hle(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a <= (float)b; }
CUDASIM_FN bool operator<=(__nv_bfloat16 a, __nv_bfloat16 b) { return __hle(a, b); }
CUDASIM_FN __nv_bfloat162 __hle2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__nv_bfloat16(__hle(a.x, b.x) ? 1.0f : 0.0f),
          __nv_bfloat16(__hle(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hble2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return __hle(a.x, b.x) && __hle(a.y, b.y);
}
CUDASIM_FN bool __hgt(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a > (float)b; }
CUDASIM_FN bool operator>(__nv_bfloat16 a, __nv_bfloat16 b) { return __hgt(a, b); }
CUDASIM_FN __nv_bfloat162 __hgt2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__nv_bfloat16(__hgt(a.x, b.x) ? 1.0f : 0.0f),
          __nv_bfloat16(__hgt(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbgt2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return __hgt(a.x, b.x) && __hgt(a.y, b.y);
}
CUDASIM_FN bool __hge(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a >= (float)b; }
CUDASIM_FN bool operator>=(__nv_bfloat16 a, __nv_bfloat16 b) { return __hge(a, b); }
CUDASIM_FN __nv_bfloat162 __hge2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__nv_bfloat16(__hge(a.x, b.x) ? 1.0f : 0.0f),
          __nv_bfloat16(__hge(a.y, b.y) ? 1.0f : 0.0f)};
}
CUDASIM_FN bool __hbge2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return __hge(a.x, b.x) && __hge(a.y, b.y);
}
CUDASIM_FN bool __hisnan(__nv_bfloat16 x) { return (float)x != (float)x; }
CUDASIM_FN int __hisinf(__nv_bfloat16 x) { return isinf((float)x) ? ((float)x > 0 ? 1 : -1) : 0; }
CUDASIM_FN __nv_bfloat16 __hmax(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16(fmaxf(a, b));
}
CUDASIM_FN __nv_bfloat16 __hmin(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __nv_bfloat16(fminf(a, b));
}
CUDASIM_FN __nv_bfloat16 __hmax_nan(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __hisnan(a) ? a : __hisnan(b) ? b : __hmax(a, b);
}
CUDASIM_FN __nv_bfloat16 __hmin_nan(__nv_bfloat16 a, __nv_bfloat16 b) {
  return __hisnan(a) ? a : __hisnan(b) ? b : __hmin(a, b);
}
CUDASIM_FN __nv_bfloat162 __hmax2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__hmax(a.x, b.x), __hmax(a.y, b.y)};
}
CUDASIM_FN __nv_bfloat162 __hmin2(__nv_bfloat162 a, __nv_bfloat162 b) {
  return {__hmin(a.x, b.x), __hmin(a.y, b.y)};
}

// Functions: those of float, rounded.
CUDASIM_FN __nv_bfloat16 hsqrt(__nv_bfloat16 x) { return __nv_bfloat16(sqrtf(x)); }
CUDASIM_FN __nv_bfloat162 h2sqrt(__nv_bfloat162 v) { return {hsqrt(v.x), hsqrt(v.y)}; }
CUDASIM_FN __nv_bfloat16 hrsqrt(__nv_bfloat16 x) {
  return __nv_bfloat16(1.0 / sqrt((double)(float)x));
}
CUDASIM_FN __nv_bfloat162 h2rsqrt(__nv_bfloat162 v) { return {hrsqrt(v.x), hrsqrt(v.y)}; }
CUDASIM_FN __nv_bfloat16 hrcp(__nv_bfloat16 x) { return __nv_bfloat16(1.0f / (float)x); }
CUDASIM_FN __nv_bfloat162 h2rcp(__nv_bfloat162 v) { return {hrcp(v.x), hrcp(v.y)}; }
CUDASIM_FN __nv_bfloat16 hexp(__nv_bfloat16 x) { return __nv_bfloat16(exp((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2exp(__nv_bfloat162 v) { return {hexp(v.x), hexp(v.y)}; }
CUDASIM_FN __nv_bfloat16 hexp2(__nv_bfloat16 x) { return __nv_bfloat16(exp2((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2exp2(__nv_bfloat162 v) { return {hexp2(v.x), hexp2(v.y)}; }
CUDASIM_FN __nv_bfloat16 hexp10(__nv_bfloat16 x) { return __nv_bfloat16(pow(10.0, (float)x)); }
CUDASIM_FN __nv_bfloat162 h2exp10(__nv_bfloat162 v) { return {hexp10(v.x), hexp10(v.y)}; }
CUDASIM_FN __nv_bfloat16 hlog(__nv_bfloat16 x) { return __nv_bfloat16(log((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2log(__nv_bfloat162 v) { return {hlog(v.x), hlog(v.y)}; }
CUDASIM_FN __nv_bfloat16 hlog2(__nv_bfloat16 x) { return __nv_bfloat16(log2((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2log2(__nv_bfloat162 v) { return {hlog2(v.x), hlog2(v.y)}; }
CUDASIM_FN __nv_bfloat16 hlog10(__nv_bfloat16 x) { return __nv_bfloat16(log10((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2log10(__nv_bfloat162 v) { return {hlog10(v.x), hlog10(v.y)}; }
CUDASIM_FN __nv_bfloat16 hsin(__nv_bfloat16 x) { return __nv_bfloat16(sin((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2sin(__nv_bfloat162 v) { return {hsin(v.x), hsin(v.y)}; }
CUDASIM_FN __nv_bfloat16 hcos(__nv_bfloat16 x) { return __nv_bfloat16(cos((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2cos(__nv_bfloat162 v) { return {hcos(v.x), hcos(v.y)}; }
CUDASIM_FN __nv_bfloat16 htanh(__nv_bfloat16 x) { return __nv_bfloat16(tanh((double)(float)x)); }
CUDASIM_FN __nv_bfloat162 h2tanh(__nv_bfloat162 v) { return {htanh(v.x), htanh(v.y)}; }
CUDASIM_FN __nv_bfloat16 hfloor(__nv_bfloat16 x) { return __nv_bfloat16(floorf(x)); }
CUDASIM_FN __nv_bfloat162 h2floor(__nv_bfloat162 v) { return {hfloor(v.x), hfloor(v.y)}; }
CUDASIM_FN __nv_bfloat16 hceil(__nv_bfloat16 x) { return __nv_bfloat16(ceilf(x)); }
CUDASIM_FN __nv_bfloat162 h2ceil(__nv_bfloat162 v) { return {hceil(v.x), hceil(v.y)}; }
CUDASIM_FN __nv_bfloat16 htrunc(__nv_bfloat16 x) { return __nv_bfloat16(truncf(x)); }
CUDASIM_FN __nv_bfloat162 h2trunc(__nv_bfloat162 v) { return {htrunc(v.x), htrunc(v.y)}; }
CUDASIM_FN __nv_bfloat16 hrint(__nv_bfloat16 x) { return __nv_bfloat16(rintf(x)); }
CUDASIM_FN __nv_bfloat162 h2rint(__nv_bfloat162 v) { return {hrint(v.x), hrint(v.y)}; }

CUDASIM_SHUFFLE(__nv_bfloat16)
CUDASIM_SHUFFLE(__nv_bfloat162)

CUDASIM_FN __nv_bfloat16 atomicAdd(__nv_bfloat16* address, __nv_bfloat16 value) {
  return ::cudasim::atomic_add_small(address, value);
}
CUDASIM_FN __nv_bfloat162 atomicAdd(__nv_bfloat162* address, __nv_bfloat162 value) {
  return ::cudasim::atomic_add_small(address, value);
}
