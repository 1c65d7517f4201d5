// What fp16 and bf16 have in common: a floating-point type of 16 bits, rounded to nearest, ties to
// even, after each operation.
//
// An operation is computed in float and rounded again. For + - * / and sqrt that gives the correctly
// rounded result, since float's 24 bits are at least twice the type's 11 or 8 plus two [Figueroa95].
// A fused multiply-add is computed in double rounded to odd, for the same reason [BoldoMelquiond08].
#pragma once
#include <math.h>
#include <stdint.h>

namespace cudasim {

enum class Rounding { nearest, zero, up, down };

// x rounded to a format of `Exponent` and `Mantissa` bits, as that format's 16 bits.
template <int Exponent, int Mantissa>
static inline unsigned short round_float(float x, Rounding mode) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, 4);
  const uint32_t sign = bits >> 31;
  const unsigned short top = (unsigned short)(sign << 15);
  uint32_t magnitude = bits & 0x7fffffffu;
  constexpr uint32_t infinity = ((1u << Exponent) - 1) << Mantissa;
  if (magnitude > 0x7f800000u) return 0x7fff;  // NaN: the one CUDA gives
  if (magnitude == 0x7f800000u) return (unsigned short)(top | infinity);
  constexpr int bias = (1 << (Exponent - 1)) - 1;
  int exponent = (int)(magnitude >> 23) - 127;
  uint32_t mantissa = magnitude & 0x7fffffu;
  if (magnitude >> 23 == 0) {
    exponent = -126;
  } else {
    mantissa |= 0x800000u;
  }
  // The mantissa, 24 bits, is cut to the format's; a subnormal of the format loses more.
  int shift = 23 - Mantissa, biased = exponent + bias;
  if (biased <= 0) {
    shift += 1 - biased;
    biased = 0;
  } else if (mantissa < 0x800000u) {
    biased = 0;  // subnormal in both formats
  }
  uint32_t kept = 0, rest = mantissa, half = 1;
  if (shift < 26) {
    kept = mantissa >> shift;
    rest = mantissa & ((1u << shift) - 1);
    half = shift > 0 ? 1u << (shift - 1) : 0;
  } else {
    half = 0xffffffffu;  // far below half of the smallest
  }
  bool away = false;
  switch (mode) {
    case Rounding::nearest:
      away = rest > half || (rest == half && rest != 0 && (kept & 1));
      break;
    case Rounding::zero:
      break;
    case Rounding::up:
      away = rest != 0 && !sign;
      break;
    case Rounding::down:
      away = rest != 0 && sign;
      break;
  }
  // The leading bit of a normal mantissa adds one to the exponent's field, as does a carry.
  uint32_t result = (biased > 0 ? (uint32_t)(biased - 1) << Mantissa : 0) + kept + (away ? 1 : 0);
  if (result >= infinity) {  // overflow: infinity, or the largest where rounding leads away from it
    const bool to_infinity = mode == Rounding::nearest || (mode == Rounding::up && !sign) ||
                             (mode == Rounding::down && sign);
    result = to_infinity ? infinity : infinity - 1;
  }
  return (unsigned short)(top | result);
}

template <int Exponent, int Mantissa>
static inline float widen(unsigned short x) {
  const uint32_t sign = (uint32_t)(x & 0x8000) << 16, magnitude = x & 0x7fffu;
  constexpr uint32_t infinity = ((1u << Exponent) - 1) << Mantissa;
  constexpr int bias = (1 << (Exponent - 1)) - 1;
  uint32_t bits = 0;
  float result;
  if (magnitude >= infinity) {
    bits = 0x7f800000u | (magnitude - infinity) << (23 - Mantissa);
  } else if (Exponent == 8) {
    bits = magnitude << 16;
  } else if (magnitude >= (1u << Mantissa)) {
    bits = (magnitude << (23 - Mantissa)) + ((uint32_t)(127 - bias) << 23);
  } else {
    result = (float)magnitude * __builtin_powif(2.0f, 1 - bias - Mantissa);
    __builtin_memcpy(&bits, &result, 4);
  }
  bits |= sign;
  __builtin_memcpy(&result, &bits, 4);
  return result;
}

// A double cut to float so that rounding the float again is right: to odd, where it is not exact.
static inline float to_odd(double x) {
  float f = (float)x;
  if ((double)f == x || f != f) return f;
  uint32_t bits;
  __builtin_memcpy(&bits, &f, 4);
  if ((bits & 1) == 0) {
    // One of the two neighbours in float is odd: the one on x's other side of f.
    const bool grow = ((double)f < x) == (f > 0 || (f == 0 && x > 0));
    if (f == 0) {
      bits = x < 0 ? 0x80000001u : 1;
    } else {
      bits += grow ? 1 : -1u;
    }
    __builtin_memcpy(&f, &bits, 4);
  }
  return f;
}

// An integer of 64 bits likewise: the bits below float's 24 count only as "not exact".
template <class I>
static inline float to_odd_from_integer(I v) {
  const bool negative = v < I(0);
  uint64_t m = negative ? 0 - (uint64_t)v : (uint64_t)v;
  if (m >> 40 != 0) m = (m >> 16 << 16) | ((m & 0xffff) != 0 ? 0x10000 : 0);
  return to_odd(negative ? -(double)m : (double)m);
}

// a * b + c, exact but for rounding to odd in double: a and b have at most 11 bits.
static inline float fused(float a, float b, float c) {
  const double p = (double)a * (double)b, d = (double)c;
  const double s = p + d;
  const double v = s - p;
  const double error = (p - (s - v)) + (d - v);  // TwoSum, Knuth
  double r = s;
  if (error != 0 && s - s == 0) {
    uint64_t bits;
    __builtin_memcpy(&bits, &r, 8);
    if ((bits & 1) == 0) bits += ((error > 0) == (s > 0)) ? 1 : -1ull;
    __builtin_memcpy(&r, &bits, 8);
  }
  return to_odd(r);
}

template <class T>
static inline T atomic_add_small(T* address, T value) {
  return atomic_update(address, [=](T old) { return old + value; });
}

}  // namespace cudasim
