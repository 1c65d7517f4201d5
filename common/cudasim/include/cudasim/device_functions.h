// Functions that device code calls without including anything: min and max, the float and double
// functions libm lacks, intrinsics with a rounding mode, conversions, bit operations. Semantics:
// CUDA Math API. Where a GPU's intrinsic is an approximation (__expf), the exact function serves, so
// results differ in the last places from a GPU's, and from one GPU to the next.
#pragma once
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define CUDASIM_FN static inline __attribute__((always_inline))

// min and max for every mix of types that CUDA declares.
CUDASIM_FN int min(int a, int b) { return b < a ? b : a; }
CUDASIM_FN int max(int a, int b) { return a < b ? b : a; }
CUDASIM_FN unsigned int min(unsigned int a, unsigned int b) { return b < a ? b : a; }
CUDASIM_FN unsigned int max(unsigned int a, unsigned int b) { return a < b ? b : a; }
CUDASIM_FN long min(long a, long b) { return b < a ? b : a; }
CUDASIM_FN long max(long a, long b) { return a < b ? b : a; }
CUDASIM_FN unsigned long min(unsigned long a, unsigned long b) { return b < a ? b : a; }
CUDASIM_FN unsigned long max(unsigned long a, unsigned long b) { return a < b ? b : a; }
CUDASIM_FN long long min(long long a, long long b) { return b < a ? b : a; }
CUDASIM_FN long long max(long long a, long long b) { return a < b ? b : a; }
CUDASIM_FN unsigned long long min(unsigned long long a, unsigned long long b) {
  return b < a ? b : a;
}
CUDASIM_FN unsigned long long max(unsigned long long a, unsigned long long b) {
  return a < b ? b : a;
}
CUDASIM_FN unsigned int min(int a, unsigned int b) { return min((unsigned int)a, (unsigned int)b); }
CUDASIM_FN unsigned int max(int a, unsigned int b) { return max((unsigned int)a, (unsigned int)b); }
CUDASIM_FN unsigned int min(unsigned int a, int b) { return min((unsigned int)a, (unsigned int)b); }
CUDASIM_FN unsigned int max(unsigned int a, int b) { return max((unsigned int)a, (unsigned int)b); }
CUDASIM_FN unsigned long min(long a, unsigned long b) {
  return min((unsigned long)a, (unsigned long)b);
}
CUDASIM_FN unsigned long max(long a, unsigned long b) {
  return max((unsigned long)a, (unsigned long)b);
}
CUDASIM_FN unsigned long min(unsigned long a, long b) {
  return min((unsigned long)a, (unsigned long)b);
}
CUDASIM_FN unsigned long max(unsigned long a, long b) {
  return max((unsigned long)a, (unsigned long)b);
}
CUDASIM_FN unsigned long long min(long long a, unsigned long long b) {
  return min((unsigned long long)a, (unsigned long long)b);
}
CUDASIM_FN unsigned long long max(long long a, unsigned long long b) {
  return max((unsigned long long)a, (unsigned long long)b);
}
CUDASIM_FN unsigned long long min(unsigned long long a, long long b) {
  return min((unsigned long long)a, (unsigned long long)b);
}
CUDASIM_FN unsigned long long max(unsigned long long a, long long b) {
  return max((unsigned long long)a, (unsigned long long)b);
}
CUDASIM_FN float min(float a, float b) { return __builtin_fminf(a, b); }
CUDASIM_FN float max(float a, float b) { return __builtin_fmaxf(a, b); }
CUDASIM_FN double min(double a, double b) { return __builtin_fmin(a, b); }
CUDASIM_FN double max(double a, double b) { return __builtin_fmax(a, b); }
CUDASIM_FN double min(float a, double b) { return __builtin_fmin(a, b); }
CUDASIM_FN double max(float a, double b) { return __builtin_fmax(a, b); }
CUDASIM_FN double min(double a, float b) { return __builtin_fmin(a, b); }
CUDASIM_FN double max(double a, float b) { return __builtin_fmax(a, b); }
#define CUDASIM_INT_MINMAX(name, T, cmp) \
  CUDASIM_FN T name(T a, T b) { return b cmp a ? b : a; }
CUDASIM_INT_MINMAX(umin, unsigned int, <)
CUDASIM_INT_MINMAX(umax, unsigned int, >)
CUDASIM_INT_MINMAX(llmin, long long, <)
CUDASIM_INT_MINMAX(llmax, long long, >)
CUDASIM_INT_MINMAX(ullmin, unsigned long long, <)
CUDASIM_INT_MINMAX(ullmax, unsigned long long, >)
#undef CUDASIM_INT_MINMAX

// glibc declares __expf and its like for itself; the intrinsics of that name are ours.
#define __sinf cudasim_sinf
#define __cosf cudasim_cosf
#define __tanf cudasim_tanf
#define __sincosf cudasim_sincosf
#define __expf cudasim_expf
#define __exp10f cudasim_exp10f
#define __logf cudasim_logf
#define __log2f cudasim_log2f
#define __log10f cudasim_log10f
#define __powf cudasim_powf
#define __tanhf cudasim_tanhf
CUDASIM_FN float cudasim_sinf(float x) { return sinf(x); }
CUDASIM_FN float cudasim_cosf(float x) { return cosf(x); }
CUDASIM_FN float cudasim_tanf(float x) { return tanf(x); }
CUDASIM_FN void cudasim_sincosf(float x, float* s, float* c) { *s = sinf(x), *c = cosf(x); }
CUDASIM_FN float cudasim_expf(float x) { return expf(x); }
CUDASIM_FN float cudasim_exp10f(float x) { return (float)pow(10.0, x); }
CUDASIM_FN float cudasim_logf(float x) { return logf(x); }
CUDASIM_FN float cudasim_log2f(float x) { return log2f(x); }
CUDASIM_FN float cudasim_log10f(float x) { return log10f(x); }
CUDASIM_FN float cudasim_powf(float x, float y) { return powf(x, y); }
CUDASIM_FN float cudasim_tanhf(float x) { return tanhf(x); }
CUDASIM_FN float __fdividef(float x, float y) { return x / y; }
CUDASIM_FN float fdividef(float x, float y) { return x / y; }
CUDASIM_FN float __saturatef(float x) { return x >= 1.0f ? 1.0f : x > 0.0f ? x : 0.0f; }  // NaN: 0

// Functions of the math API beyond C's.
CUDASIM_FN float rsqrtf(float x) { return 1.0f / sqrtf(x); }
CUDASIM_FN double rsqrt(double x) { return 1.0 / sqrt(x); }
CUDASIM_FN float __frsqrt_rn(float x) { return (float)(1.0 / sqrt((double)x)); }
CUDASIM_FN float rcbrtf(float x) { return 1.0f / cbrtf(x); }
CUDASIM_FN double rcbrt(double x) { return 1.0 / cbrt(x); }
CUDASIM_FN float sinpif(float x) { return (float)sin(M_PI * fmod((double)x, 2.0)); }
CUDASIM_FN float cospif(float x) { return (float)cos(M_PI * fmod((double)x, 2.0)); }
CUDASIM_FN double sinpi(double x) { return sin(M_PI * fmod(x, 2.0)); }
CUDASIM_FN double cospi(double x) { return cos(M_PI * fmod(x, 2.0)); }
CUDASIM_FN void sincospif(float x, float* s, float* c) { *s = sinpif(x), *c = cospif(x); }
CUDASIM_FN void sincospi(double x, double* s, double* c) { *s = sinpi(x), *c = cospi(x); }
CUDASIM_FN float normcdff(float x) { return (float)(0.5 * erfc(-(double)x * M_SQRT1_2)); }
CUDASIM_FN double normcdf(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }
CUDASIM_FN float erfcxf(float x) { return (float)(exp((double)x * x) * erfc((double)x)); }
CUDASIM_FN double erfcx(double x) { return exp(x * x) * erfc(x); }
CUDASIM_FN float norm3df(float a, float b, float c) {
  return (float)sqrt((double)a * a + (double)b * b + (double)c * c);
}
CUDASIM_FN double norm3d(double a, double b, double c) { return hypot(hypot(a, b), c); }
CUDASIM_FN float rnorm3df(float a, float b, float c) { return 1.0f / norm3df(a, b, c); }
CUDASIM_FN float rhypotf(float a, float b) { return 1.0f / hypotf(a, b); }
CUDASIM_FN double rhypot(double a, double b) { return 1.0 / hypot(a, b); }

// Arithmetic with a rounding mode. Round-to-nearest is the compiler's own; for the others the mode of
// the processor is changed around the one operation.
namespace cudasim {
template <class F>
static inline __attribute__((noinline)) auto with_rounding(int mode, F compute) {
  const int old = fegetround();
  fesetround(mode);
  auto result = compute();
  fesetround(old);
  return result;
}
// Keeps the compiler from computing at compile time, or before the mode is set.
template <class T>
static inline T opaque(T x) {
  asm volatile("" : "+x"(x));
  return x;
}
}  // namespace cudasim

CUDASIM_FN float __fadd_rn(float a, float b) { return a + b; }
CUDASIM_FN float __fadd_rz(float a, float b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) + ::cudasim::opaque(b));
  });
}
CUDASIM_FN float __fadd_ru(float a, float b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) + ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fadd_rd(float a, float b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) + ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fsub_rn(float a, float b) { return a - b; }
CUDASIM_FN float __fsub_rz(float a, float b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) - ::cudasim::opaque(b));
  });
}
CUDASIM_FN float __fsub_ru(float a, float b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) - ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fsub_rd(float a, float b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) - ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fmul_rn(float a, float b) { return a * b; }
CUDASIM_FN float __fmul_rz(float a, float b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) * ::cudasim::opaque(b));
  });
}
CUDASIM_FN float __fmul_ru(float a, float b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) * ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fmul_rd(float a, float b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) * ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fdiv_rn(float a, float b) { return a / b; }
CUDASIM_FN float __fdiv_rz(float a, float b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) / ::cudasim::opaque(b));
  });
}
CUDASIM_FN float __fdiv_ru(float a, float b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) / ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fdiv_rd(float a, float b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) / ::cudasim::opaque(b)); });
}
CUDASIM_FN float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
CUDASIM_FN float __fmaf_rz(float a, float b, float c) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] { return fmaf(::cudasim::opaque(a), b, c); });
}
CUDASIM_FN float __fmaf_ru(float a, float b, float c) {
  return ::cudasim::with_rounding(FE_UPWARD, [=] { return fmaf(::cudasim::opaque(a), b, c); });
}
CUDASIM_FN float __fmaf_rd(float a, float b, float c) {
  return ::cudasim::with_rounding(FE_DOWNWARD, [=] { return fmaf(::cudasim::opaque(a), b, c); });
}
CUDASIM_FN float __fsqrt_rn(float a) { return sqrtf(a); }
CUDASIM_FN float __fsqrt_rz(float a) {
  return ::cudasim::with_rounding(FE_TOWARDZERO,
                                  [=] { return ::cudasim::opaque(sqrtf(::cudasim::opaque(a))); });
}
CUDASIM_FN float __fsqrt_ru(float a) {
  return ::cudasim::with_rounding(FE_UPWARD,
                                  [=] { return ::cudasim::opaque(sqrtf(::cudasim::opaque(a))); });
}
CUDASIM_FN float __fsqrt_rd(float a) {
  return ::cudasim::with_rounding(FE_DOWNWARD,
                                  [=] { return ::cudasim::opaque(sqrtf(::cudasim::opaque(a))); });
}
CUDASIM_FN float __frcp_rn(float a) { return 1.0f / a; }
CUDASIM_FN float __frcp_rz(float a) {
  return ::cudasim::with_rounding(FE_TOWARDZERO,
                                  [=] { return ::cudasim::opaque(1.0f / ::cudasim::opaque(a)); });
}
CUDASIM_FN float __frcp_ru(float a) {
  return ::cudasim::with_rounding(FE_UPWARD,
                                  [=] { return ::cudasim::opaque(1.0f / ::cudasim::opaque(a)); });
}
CUDASIM_FN float __frcp_rd(float a) {
  return ::cudasim::with_rounding(FE_DOWNWARD,
                                  [=] { return ::cudasim::opaque(1.0f / ::cudasim::opaque(a)); });
}
CUDASIM_FN double __dadd_rn(double a, double b) { return a + b; }
CUDASIM_FN double __dadd_rz(double a, double b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) + ::cudasim::opaque(b));
  });
}
CUDASIM_FN double __dadd_ru(double a, double b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) + ::cudasim::opaque(b)); });
}
CUDASIM_FN double __dadd_rd(double a, double b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) + ::cudasim::opaque(b)); });
}
CUDASIM_FN double __dsub_rn(double a, double b) { return a - b; }
CUDASIM_FN double __dsub_rz(double a, double b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) - ::cudasim::opaque(b));
  });
}
CUDASIM_FN double __dsub_ru(double a, double b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) - ::cudasim::opaque(b)); });
}
CUDASIM_FN double __dsub_rd(double a, double b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) - ::cudasim::opaque(b)); });
}
CUDASIM_FN double __dmul_rn(double a, double b) { return a * b; }
CUDASIM_FN double __dmul_rz(double a, double b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) * ::cudasim::opaque(b));
  });
}
CUDASIM_FN double __dmul_ru(double a, double b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) * ::cudasim::opaque(b)); });
}
CUDASIM_FN double __dmul_rd(double a, double b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) * ::cudasim::opaque(b)); });
}
CUDASIM_FN double __ddiv_rn(double a, double b) { return a / b; }
CUDASIM_FN double __ddiv_rz(double a, double b) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] {
    return ::cudasim::opaque(::cudasim::opaque(a) / ::cudasim::opaque(b));
  });
}
CUDASIM_FN double __ddiv_ru(double a, double b) {
  return ::cudasim::with_rounding(
      FE_UPWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) / ::cudasim::opaque(b)); });
}
CUDASIM_FN double __ddiv_rd(double a, double b) {
  return ::cudasim::with_rounding(
      FE_DOWNWARD, [=] { return ::cudasim::opaque(::cudasim::opaque(a) / ::cudasim::opaque(b)); });
}
CUDASIM_FN double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
CUDASIM_FN double __fma_rz(double a, double b, double c) {
  return ::cudasim::with_rounding(FE_TOWARDZERO, [=] { return fma(::cudasim::opaque(a), b, c); });
}
CUDASIM_FN double __fma_ru(double a, double b, double c) {
  return ::cudasim::with_rounding(FE_UPWARD, [=] { return fma(::cudasim::opaque(a), b, c); });
}
CUDASIM_FN double __fma_rd(double a, double b, double c) {
  return ::cudasim::with_rounding(FE_DOWNWARD, [=] { return fma(::cudasim::opaque(a), b, c); });
}
CUDASIM_FN double __dsqrt_rn(double a) { return sqrt(a); }
CUDASIM_FN double __dsqrt_rz(double a) {
  return ::cudasim::with_rounding(FE_TOWARDZERO,
                                  [=] { return ::cudasim::opaque(sqrt(::cudasim::opaque(a))); });
}
CUDASIM_FN double __dsqrt_ru(double a) {
  return ::cudasim::with_rounding(FE_UPWARD,
                                  [=] { return ::cudasim::opaque(sqrt(::cudasim::opaque(a))); });
}
CUDASIM_FN double __dsqrt_rd(double a) {
  return ::cudasim::with_rounding(FE_DOWNWARD,
                                  [=] { return ::cudasim::opaque(sqrt(::cudasim::opaque(a))); });
}
CUDASIM_FN double __drcp_rn(double a) { return 1.0 / a; }
CUDASIM_FN double __drcp_rz(double a) {
  return ::cudasim::with_rounding(FE_TOWARDZERO,
                                  [=] { return ::cudasim::opaque(1.0 / ::cudasim::opaque(a)); });
}
CUDASIM_FN double __drcp_ru(double a) {
  return ::cudasim::with_rounding(FE_UPWARD,
                                  [=] { return ::cudasim::opaque(1.0 / ::cudasim::opaque(a)); });
}
CUDASIM_FN double __drcp_rd(double a) {
  return ::cudasim::with_rounding(FE_DOWNWARD,
                                  [=] { return ::cudasim::opaque(1.0 / ::cudasim::opaque(a)); });
}

// Conversions. A float outside an integer type's range becomes the nearest of its values, a NaN 0
// (PTX ISA, "cvt": saturating), where C++ leaves it undefined.
namespace cudasim {
template <class I, class F>
static inline I saturate(F x) {  // x is integral already, or an infinity or NaN
  constexpr bool is_signed = I(-1) < I(0);
  constexpr int bits = sizeof(I) * 8 - is_signed;
  const F limit = (F)(1ull << (bits - 1)) * 2;  // one past the largest
  if (x != x) return is_signed || sizeof(I) < 8 ? I(0) : I(1) << (bits - 1);
  if (x >= limit) return I(~0ull >> (64 - bits));
  if (x < (is_signed ? -limit : F(0))) return is_signed ? I(-I(~0ull >> (64 - bits)) - 1) : I(0);
  return (I)x;
}
}  // namespace cudasim

CUDASIM_FN int __float2int_rn(float x) { return ::cudasim::saturate<int>(nearbyintf(x)); }
CUDASIM_FN int __float2int_rz(float x) { return ::cudasim::saturate<int>(truncf(x)); }
CUDASIM_FN int __float2int_ru(float x) { return ::cudasim::saturate<int>(ceilf(x)); }
CUDASIM_FN int __float2int_rd(float x) { return ::cudasim::saturate<int>(floorf(x)); }
CUDASIM_FN unsigned int __float2uint_rn(float x) {
  return ::cudasim::saturate<unsigned int>(nearbyintf(x));
}
CUDASIM_FN unsigned int __float2uint_rz(float x) {
  return ::cudasim::saturate<unsigned int>(truncf(x));
}
CUDASIM_FN unsigned int __float2uint_ru(float x) {
  return ::cudasim::saturate<unsigned int>(ceilf(x));
}
CUDASIM_FN unsigned int __float2uint_rd(float x) {
  return ::cudasim::saturate<unsigned int>(floorf(x));
}
CUDASIM_FN long long __float2ll_rn(float x) {
  return ::cudasim::saturate<long long>(nearbyintf(x));
}
CUDASIM_FN long long __float2ll_rz(float x) { return ::cudasim::saturate<long long>(truncf(x)); }
CUDASIM_FN long long __float2ll_ru(float x) { return ::cudasim::saturate<long long>(ceilf(x)); }
CUDASIM_FN long long __float2ll_rd(float x) { return ::cudasim::saturate<long long>(floorf(x)); }
CUDASIM_FN unsigned long long __float2ull_rn(float x) {
  return ::cudasim::saturate<unsigned long long>(nearbyintf(x));
}
CUDASIM_FN unsigned long long __float2ull_rz(float x) {
  return ::cudasim::saturate<unsigned long long>(truncf(x));
}
CUDASIM_FN unsigned long long __float2ull_ru(float x) {
  return ::cudasim::saturate<unsigned long long>(ceilf(x));
}
CUDASIM_FN unsigned long long __float2ull_rd(float x) {
  return ::cudasim::saturate<unsigned long long>(floorf(x));
}
CUDASIM_FN int __double2int_rn(double x) { return ::cudasim::saturate<int>(nearbyint(x)); }
CUDASIM_FN int __double2int_rz(double x) { return ::cudasim::saturate<int>(trunc(x)); }
CUDASIM_FN int __double2int_ru(double x) { return ::cudasim::saturate<int>(ceil(x)); }
CUDASIM_FN int __double2int_rd(double x) { return ::cudasim::saturate<int>(floor(x)); }
CUDASIM_FN unsigned int __double2uint_rn(double x) {
  return ::cudasim::saturate<unsigned int>(nearbyint(x));
}
CUDASIM_FN unsigned int __double2uint_rz(double x) {
  return ::cudasim::saturate<unsigned int>(trunc(x));
}
CUDASIM_FN unsigned int __double2uint_ru(double x) {
  return ::cudasim::saturate<unsigned int>(ceil(x));
}
CUDASIM_FN unsigned int __double2uint_rd(double x) {
  return ::cudasim::saturate<unsigned int>(floor(x));
}
CUDASIM_FN long long __double2ll_rn(double x) {
  return ::cudasim::saturate<long long>(nearbyint(x));
}
CUDASIM_FN long long __double2ll_rz(double x) { return ::cudasim::saturate<long long>(trunc(x)); }
CUDASIM_FN long long __double2ll_ru(double x) { return ::cudasim::saturate<long long>(ceil(x)); }
CUDASIM_FN long long __double2ll_rd(double x) { return ::cudasim::saturate<long long>(floor(x)); }
CUDASIM_FN unsigned long long __double2ull_rn(double x) {
  return ::cudasim::saturate<unsigned long long>(nearbyint(x));
}
CUDASIM_FN unsigned long long __double2ull_rz(double x) {
  return ::cudasim::saturate<unsigned long long>(trunc(x));
}
CUDASIM_FN unsigned long long __double2ull_ru(double x) {
  return ::cudasim::saturate<unsigned long long>(ceil(x));
}
CUDASIM_FN unsigned long long __double2ull_rd(double x) {
  return ::cudasim::saturate<unsigned long long>(floor(x));
}
CUDASIM_FN float __int2float_rn(int x) { return (float)x; }
CUDASIM_FN float __int2float_rz(int x) {
  volatile int v = x;
  return ::cudasim::with_rounding(FE_TOWARDZERO, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __int2float_ru(int x) {
  volatile int v = x;
  return ::cudasim::with_rounding(FE_UPWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __int2float_rd(int x) {
  volatile int v = x;
  return ::cudasim::with_rounding(FE_DOWNWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN double __int2double_rn(int x) { return (double)x; }
CUDASIM_FN float __uint2float_rn(unsigned int x) { return (float)x; }
CUDASIM_FN float __uint2float_rz(unsigned int x) {
  volatile unsigned int v = x;
  return ::cudasim::with_rounding(FE_TOWARDZERO, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __uint2float_ru(unsigned int x) {
  volatile unsigned int v = x;
  return ::cudasim::with_rounding(FE_UPWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __uint2float_rd(unsigned int x) {
  volatile unsigned int v = x;
  return ::cudasim::with_rounding(FE_DOWNWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN double __uint2double_rn(unsigned int x) { return (double)x; }
CUDASIM_FN float __ll2float_rn(long long x) { return (float)x; }
CUDASIM_FN float __ll2float_rz(long long x) {
  volatile long long v = x;
  return ::cudasim::with_rounding(FE_TOWARDZERO, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __ll2float_ru(long long x) {
  volatile long long v = x;
  return ::cudasim::with_rounding(FE_UPWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __ll2float_rd(long long x) {
  volatile long long v = x;
  return ::cudasim::with_rounding(FE_DOWNWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN double __ll2double_rn(long long x) { return (double)x; }
CUDASIM_FN double __ll2double_rz(long long x) {
  volatile long long v = x;
  return ::cudasim::with_rounding(FE_TOWARDZERO, [&] { return ::cudasim::opaque((double)v); });
}
CUDASIM_FN double __ll2double_ru(long long x) {
  volatile long long v = x;
  return ::cudasim::with_rounding(FE_UPWARD, [&] { return ::cudasim::opaque((double)v); });
}
CUDASIM_FN double __ll2double_rd(long long x) {
  volatile long long v = x;
  return ::cudasim::with_rounding(FE_DOWNWARD, [&] { return ::cudasim::opaque((double)v); });
}
CUDASIM_FN float __ull2float_rn(unsigned long long x) { return (float)x; }
CUDASIM_FN float __ull2float_rz(unsigned long long x) {
  volatile unsigned long long v = x;
  return ::cudasim::with_rounding(FE_TOWARDZERO, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __ull2float_ru(unsigned long long x) {
  volatile unsigned long long v = x;
  return ::cudasim::with_rounding(FE_UPWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN float __ull2float_rd(unsigned long long x) {
  volatile unsigned long long v = x;
  return ::cudasim::with_rounding(FE_DOWNWARD, [&] { return ::cudasim::opaque((float)v); });
}
CUDASIM_FN double __ull2double_rn(unsigned long long x) { return (double)x; }
CUDASIM_FN double __ull2double_rz(unsigned long long x) {
  volatile unsigned long long v = x;
  return ::cudasim::with_rounding(FE_TOWARDZERO, [&] { return ::cudasim::opaque((double)v); });
}
CUDASIM_FN double __ull2double_ru(unsigned long long x) {
  volatile unsigned long long v = x;
  return ::cudasim::with_rounding(FE_UPWARD, [&] { return ::cudasim::opaque((double)v); });
}
CUDASIM_FN double __ull2double_rd(unsigned long long x) {
  volatile unsigned long long v = x;
  return ::cudasim::with_rounding(FE_DOWNWARD, [&] { return ::cudasim::opaque((double)v); });
}
CUDASIM_FN float __double2float_rn(double x) { return (float)x; }
CUDASIM_FN float __double2float_rz(double x) {
  return ::cudasim::with_rounding(FE_TOWARDZERO,
                                  [=] { return ::cudasim::opaque((float)::cudasim::opaque(x)); });
}
CUDASIM_FN float __double2float_ru(double x) {
  return ::cudasim::with_rounding(FE_UPWARD,
                                  [=] { return ::cudasim::opaque((float)::cudasim::opaque(x)); });
}
CUDASIM_FN float __double2float_rd(double x) {
  return ::cudasim::with_rounding(FE_DOWNWARD,
                                  [=] { return ::cudasim::opaque((float)::cudasim::opaque(x)); });
}

// The same bits as another type.
#define CUDASIM_BITS(name, R, T)        \
  CUDASIM_FN R name(T x) {              \
    R r;                                \
    __builtin_memcpy(&r, &x, sizeof r); \
    return r;                           \
  }
CUDASIM_BITS(__float_as_int, int, float)
CUDASIM_BITS(__float_as_uint, unsigned int, float)
CUDASIM_BITS(__int_as_float, float, int)
CUDASIM_BITS(__uint_as_float, float, unsigned int)
CUDASIM_BITS(__double_as_longlong, long long, double)
CUDASIM_BITS(__longlong_as_double, double, long long)
#undef CUDASIM_BITS
CUDASIM_FN int __double2hiint(double x) { return (int)(__double_as_longlong(x) >> 32); }
CUDASIM_FN int __double2loint(double x) { return (int)__double_as_longlong(x); }
CUDASIM_FN double __hiloint2double(int hi, int lo) {
  return __longlong_as_double((long long)(((unsigned long long)(unsigned)hi << 32) | (unsigned)lo));
}

// Integers.
CUDASIM_FN int __popc(unsigned x) { return __builtin_popcount(x); }
CUDASIM_FN int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
CUDASIM_FN int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
CUDASIM_FN int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
CUDASIM_FN int __ffs(int x) { return __builtin_ffs(x); }
CUDASIM_FN int __ffsll(long long x) { return __builtin_ffsll(x); }
CUDASIM_FN unsigned __brev(unsigned x) {
  x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
  x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
  return __builtin_bswap32(x);
}
CUDASIM_FN unsigned long long __brevll(unsigned long long x) {
  return (unsigned long long)__brev((unsigned)x) << 32 | __brev((unsigned)(x >> 32));
}
CUDASIM_FN int __mul24(int a, int b) {
  return (int)(unsigned)((long long)((int)((unsigned)a << 8) >> 8) *
                         ((int)((unsigned)b << 8) >> 8));
}
CUDASIM_FN unsigned __umul24(unsigned a, unsigned b) { return (a & 0xffffff) * (b & 0xffffff); }
CUDASIM_FN int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
CUDASIM_FN unsigned __umulhi(unsigned a, unsigned b) {
  return (unsigned)((unsigned long long)a * b >> 32);
}
__extension__ typedef __int128 cudasim_int128;
__extension__ typedef unsigned __int128 cudasim_uint128;
CUDASIM_FN long long __mul64hi(long long a, long long b) {
  return (long long)((cudasim_int128)a * b >> 64);
}
CUDASIM_FN unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((cudasim_uint128)a * b >> 64);
}
CUDASIM_FN unsigned __sad(int a, int b, unsigned c) {
  return (a > b ? (unsigned)a - (unsigned)b : (unsigned)b - (unsigned)a) + c;
}
CUDASIM_FN unsigned __usad(unsigned a, unsigned b, unsigned c) {
  return (a > b ? a - b : b - a) + c;
}
CUDASIM_FN int __hadd(int a, int b) { return (int)(((long long)a + b) >> 1); }
CUDASIM_FN int __rhadd(int a, int b) { return (int)(((long long)a + b + 1) >> 1); }
CUDASIM_FN unsigned __uhadd(unsigned a, unsigned b) {
  return (unsigned)(((unsigned long long)a + b) >> 1);
}
CUDASIM_FN unsigned __urhadd(unsigned a, unsigned b) {
  return (unsigned)(((unsigned long long)a + b + 1) >> 1);
}
// Each selector's 4 bits pick one of 8 bytes; bit 3 replicates that byte's sign.
CUDASIM_FN unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
  const unsigned long long bytes = (unsigned long long)y << 32 | x;
  unsigned result = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned s = selector >> (4 * i) & 15;
    unsigned byte = (unsigned)(bytes >> (8 * (s & 7))) & 255;
    if (s & 8) byte = byte & 128 ? 255 : 0;
    result |= byte << (8 * i);
  }
  return result;
}
CUDASIM_FN unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned shift) {
  return (unsigned)((((unsigned long long)hi << 32 | lo) << (shift & 31)) >> 32);
}
CUDASIM_FN unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned shift) {
  return (unsigned)(((unsigned long long)hi << 32 | lo) >> (shift & 31));
}
CUDASIM_FN unsigned __funnelshift_lc(unsigned lo, unsigned hi, unsigned shift) {
  return shift >= 32 ? lo : __funnelshift_l(lo, hi, shift);
}
CUDASIM_FN unsigned __funnelshift_rc(unsigned lo, unsigned hi, unsigned shift) {
  return shift >= 32 ? hi : __funnelshift_r(lo, hi, shift);
}
CUDASIM_FN int __dp4a(int a, int b, int c) {
  unsigned sum = (unsigned)c;
  for (int i = 0; i < 32; i += 8)
    sum += (unsigned)((int)(signed char)(a >> i) * (signed char)(b >> i));
  return (int)sum;
}
CUDASIM_FN unsigned __dp4a(unsigned a, unsigned b, unsigned c) {
  for (int i = 0; i < 32; i += 8) c += (a >> i & 255) * (b >> i & 255);
  return c;
}
CUDASIM_FN int __dp2a_lo(int a, int b, int c) {
  return c + (short)a * (signed char)b + (short)(a >> 16) * (signed char)(b >> 8);
}
CUDASIM_FN int __dp2a_hi(int a, int b, int c) {
  return c + (short)a * (signed char)(b >> 16) + (short)(a >> 16) * (signed char)(b >> 24);
}

// Loads and stores with a cache hint: the hint means nothing here.
#define CUDASIM_LOAD(name)              \
  template <class T>                    \
  CUDASIM_FN T name(const T* address) { \
    return *address;                    \
  }
CUDASIM_LOAD(__ldg)
CUDASIM_LOAD(__ldca)
CUDASIM_LOAD(__ldcg)
CUDASIM_LOAD(__ldcs)
CUDASIM_LOAD(__ldlu)
CUDASIM_LOAD(__ldcv)
#undef CUDASIM_LOAD
#define CUDASIM_STORE(name)                   \
  template <class T>                          \
  CUDASIM_FN void name(T* address, T value) { \
    *address = value;                         \
  }
CUDASIM_STORE(__stwb)
CUDASIM_STORE(__stcg)
CUDASIM_STORE(__stcs)
CUDASIM_STORE(__stwt)
#undef CUDASIM_STORE

// Which memory a pointer leads into.
namespace cudasim {
bool is_shared(const void* pointer);
bool is_global(const void* pointer);
}  // namespace cudasim
CUDASIM_FN unsigned __isShared(const void* pointer) { return ::cudasim::is_shared(pointer); }
CUDASIM_FN unsigned __isGlobal(const void* pointer) { return ::cudasim::is_global(pointer); }
CUDASIM_FN size_t __cvta_generic_to_shared(const void* pointer) { return (size_t)pointer; }
CUDASIM_FN size_t __cvta_generic_to_global(const void* pointer) { return (size_t)pointer; }
