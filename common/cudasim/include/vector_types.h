// vector_types.h: the built-in vector types (char1 ... double4) and dim3, with the sizes and
// alignments of CUDA's programming guide ("Built-in Vector Types"): a float4 copy is one access.
#pragma once

#define CUDASIM_VECTOR(name, type, align2, align4) \
  struct name##1 {                                 \
    type x;                                        \
  };                                               \
  struct alignas(align2) name##2 {                 \
    type x, y;                                     \
  };                                               \
  struct name##3 {                                 \
    type x, y, z;                                  \
  };                                               \
  struct alignas(align4) name##4 {                 \
    type x, y, z, w;                               \
  };
CUDASIM_VECTOR(char, signed char, 2, 4)
CUDASIM_VECTOR(uchar, unsigned char, 2, 4)
CUDASIM_VECTOR(short, short, 4, 8)
CUDASIM_VECTOR(ushort, unsigned short, 4, 8)
CUDASIM_VECTOR(int, int, 8, 16)
CUDASIM_VECTOR(uint, unsigned int, 8, 16)
CUDASIM_VECTOR(long, long, 16, 16)
CUDASIM_VECTOR(ulong, unsigned long, 16, 16)
CUDASIM_VECTOR(longlong, long long, 16, 16)
CUDASIM_VECTOR(ulonglong, unsigned long long, 16, 16)
CUDASIM_VECTOR(float, float, 8, 16)
CUDASIM_VECTOR(double, double, 16, 16)
#undef CUDASIM_VECTOR

// The extents of a grid or block; what is not given is 1.
struct dim3 {
  unsigned int x, y, z;
  constexpr dim3(unsigned int vx = 1, unsigned int vy = 1, unsigned int vz = 1)
      : x(vx), y(vy), z(vz) {}
  constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
  constexpr operator uint3() const { return {x, y, z}; }
};
