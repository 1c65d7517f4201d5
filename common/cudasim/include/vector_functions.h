// vector_functions.h: make_float4(x, y, z, w) and its like.
#pragma once
#include "vector_types.h"

#define CUDASIM_MAKE(name, type)                                                               \
  static inline constexpr name##1 make_##name##1(type x) { return {x}; }                       \
  static inline constexpr name##2 make_##name##2(type x, type y) { return {x, y}; }            \
  static inline constexpr name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; } \
  static inline constexpr name##4 make_##name##4(type x, type y, type z, type w) {             \
    return {x, y, z, w};                                                                       \
  }
CUDASIM_MAKE(char, signed char)
CUDASIM_MAKE(uchar, unsigned char)
CUDASIM_MAKE(short, short)
CUDASIM_MAKE(ushort, unsigned short)
CUDASIM_MAKE(int, int)
CUDASIM_MAKE(uint, unsigned int)
CUDASIM_MAKE(long, long)
CUDASIM_MAKE(ulong, unsigned long)
CUDASIM_MAKE(longlong, long long)
CUDASIM_MAKE(ulonglong, unsigned long long)
CUDASIM_MAKE(float, float)
CUDASIM_MAKE(double, double)
#undef CUDASIM_MAKE
