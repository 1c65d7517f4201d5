// fp16 and bf16: conversions of all 2^16 values and every tie between neighbours, and arithmetic against
// exact results rounded by search in the table of all values.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_pipeline.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

template <class T>
struct Format;
template <>
struct Format<__half> {
  static constexpr int mantissa = 10, exponent = 5;
  static __half from_bits(unsigned short b) { return __half(__half_raw{b}); }
  static unsigned short bits(__half h) { return static_cast<__half_raw>(h).x; }
};
template <>
struct Format<__nv_bfloat16> {
  static constexpr int mantissa = 7, exponent = 8;
  static __nv_bfloat16 from_bits(unsigned short b) { return __nv_bfloat16(__nv_bfloat16_raw{b}); }
  static unsigned short bits(__nv_bfloat16 h) { return static_cast<__nv_bfloat16_raw>(h).x; }
};

// The value of the bits by the definition of IEEE 754.
template <class T>
double value_of(unsigned bits) {
  using F = Format<T>;
  const int bias = (1 << (F::exponent - 1)) - 1;
  const int e = static_cast<int>(bits >> F::mantissa & ((1u << F::exponent) - 1));
  const double m = bits & ((1u << F::mantissa) - 1);
  const double sign = bits >> 15 ? -1 : 1;
  if (e == (1 << F::exponent) - 1) {
    return m != 0 ? std::numeric_limits<double>::quiet_NaN()
                  : sign * std::numeric_limits<double>::infinity();
  }
  if (e == 0) return sign * std::ldexp(m, 1 - bias - F::mantissa);
  return sign * std::ldexp(1 + std::ldexp(m, -F::mantissa), e - bias);
}

// The nearest value's bits, ties to even, by search among all; x is positive and exact.
template <class T>
unsigned nearest(double x) {
  const unsigned infinity = ((1u << Format<T>::exponent) - 1) << Format<T>::mantissa;
  unsigned low = 0,
           high = infinity;  // value(low) <= x <= value(high), with infinity as the next power
  const auto value = [&](unsigned b) {
    return b == infinity ? 2 * value_of<T>(infinity - (1u << Format<T>::mantissa)) : value_of<T>(b);
  };
  if (x >= value(infinity)) return infinity;
  while (high - low > 1) {
    const unsigned middle = (low + high) / 2;
    (value(middle) <= x ? low : high) = middle;
  }
  const double down = x - value(low), up = value(high) - x;
  return down < up || (down == up && low % 2 == 0) ? low : high;
}
template <class T>
unsigned nearest_signed(double x) {
  return std::signbit(x) ? 0x8000u | nearest<T>(-x) : nearest<T>(x);
}

template <class T>
void check_conversions() {
  const unsigned infinity = ((1u << Format<T>::exponent) - 1) << Format<T>::mantissa;
  for (unsigned b = 0; b < 65536; ++b) {
    const T h = Format<T>::from_bits(static_cast<unsigned short>(b));
    const double want = value_of<T>(b);
    const float f = static_cast<float>(h);
    if (std::isnan(want)) {
      ASSERT_TRUE(std::isnan(f)) << b;
      continue;
    }
    ASSERT_EQ(static_cast<double>(f), want) << b;
    ASSERT_EQ(Format<T>::bits(T(f)), b) << b;
    if ((b & 0x7fff) >= infinity - 1) continue;
    // Half way to the next value, and a float to either side of that.
    const double next = value_of<T>(b + 1), tie = (want + next) / 2;
    const float t = static_cast<float>(tie);
    const float toward = static_cast<float>(next), back = static_cast<float>(want);
    ASSERT_EQ(static_cast<double>(t), tie);
    ASSERT_EQ(Format<T>::bits(T(t)), b % 2 == 0 ? b : b + 1) << b;
    ASSERT_EQ(Format<T>::bits(T(std::nextafter(t, toward))), b + 1) << b;
    ASSERT_EQ(Format<T>::bits(T(std::nextafter(t, back))), b) << b;
  }
  ASSERT_TRUE(std::isnan(static_cast<float>(T(std::nanf("")))));
  ASSERT_EQ(Format<T>::bits(T(std::numeric_limits<float>::infinity())), infinity);
  const double largest = value_of<T>(infinity - 1), step = largest - value_of<T>(infinity - 2);
  ASSERT_EQ(Format<T>::bits(T(static_cast<float>(largest + step / 2))), infinity);
}

TEST(Conversions, AllHalves) { check_conversions<__half>(); }
TEST(Conversions, AllBfloat16s) { check_conversions<__nv_bfloat16>(); }

TEST(Conversions, OtherRoundingModes) {
  for (unsigned b = 1; b < 0x7bff; b += 7) {
    const double low = value_of<__half>(b), high = value_of<__half>(b + 1);
    const float between = static_cast<float>(low + (high - low) * 0.625);
    const auto bits = [](__half h) { return Format<__half>::bits(h); };
    EXPECT_EQ(bits(__float2half_rn(between)), b + 1);
    EXPECT_EQ(bits(__float2half_rz(between)), b);
    EXPECT_EQ(bits(__float2half_ru(between)), b + 1);
    EXPECT_EQ(bits(__float2half_rd(between)), b);
    EXPECT_EQ(bits(__float2half_rz(-between)), b | 0x8000);
    EXPECT_EQ(bits(__float2half_ru(-between)), b | 0x8000);
    EXPECT_EQ(bits(__float2half_rd(-between)), (b + 1) | 0x8000);
  }
}

// nvcc has bf16 arithmetic from compute capability 8.0 on.
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define HAS_BFLOAT16 1
#endif

template <class T>
__global__ void arithmetic(T* out, const T* a, const T* b, const T* c, int n) {
#ifdef HAS_BFLOAT16
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  out[5 * i] = a[i] + b[i];
  out[5 * i + 1] = a[i] - b[i];
  out[5 * i + 2] = a[i] * b[i];
  out[5 * i + 3] = __hfma(a[i], b[i], c[i]);
  out[5 * i + 4] = a[i] / b[i];
#endif
}

template <class T>
void check_arithmetic() {
  std::mt19937 random(11);
  const int n = 20000;
  std::vector<T> a, b, c;
  const auto draw = [&] {
    // Exponents close together, so that sums round; every mantissa.
    const int bias = (1 << (Format<T>::exponent - 1)) - 1;
    const unsigned e = static_cast<unsigned>(bias - 6 + static_cast<int>(random() % 12));
    const unsigned m = static_cast<unsigned>(random()) & ((1u << Format<T>::mantissa) - 1);
    const unsigned sign = static_cast<unsigned>(random() & 1) << 15;
    return Format<T>::from_bits(static_cast<unsigned short>(sign | e << Format<T>::mantissa | m));
  };
  for (int i = 0; i < n; ++i) a.push_back(draw()), b.push_back(draw()), c.push_back(draw());
  DeviceArray<T> d_a(a), d_b(b), d_c(c), out(5 * n);
  arithmetic<T><<<(n + 127) / 128, 128>>>(out.data(), d_a.data(), d_b.data(), d_c.data(), n);
  const std::vector<T> got = out.host();
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<float>(a[i]), y = static_cast<float>(b[i]),
                 z = static_cast<float>(c[i]);
    // All of these are exact in double: few bits, exponents within 24 of each other.
    EXPECT_EQ(Format<T>::bits(got[5 * i]), nearest_signed<T>(x + y)) << x << " + " << y;
    EXPECT_EQ(Format<T>::bits(got[5 * i + 1]), nearest_signed<T>(x - y)) << x << " - " << y;
    EXPECT_EQ(Format<T>::bits(got[5 * i + 2]), nearest_signed<T>(x * y)) << x << " * " << y;
    EXPECT_EQ(Format<T>::bits(got[5 * i + 3]), nearest_signed<T>(x * y + z))
        << x << " " << y << " " << z;
  }
}

TEST(Arithmetic, HalfRoundsOnce) { check_arithmetic<__half>(); }
TEST(Arithmetic, Bfloat16RoundsOnce) { check_arithmetic<__nv_bfloat16>(); }

__global__ void pairs(float* out) {
  const __half2 a = __floats2half2_rn(1.5f, 2.0f), b = __float2half2_rn(4.0f);
  const __half2 sum = __hadd2(a, b), product = __hmul2(a, b), fused = __hfma2(a, b, sum);
  out[0] = __low2float(sum), out[1] = __high2float(sum);
  out[2] = __low2float(product), out[3] = __high2float(product);
  out[4] = __low2float(fused), out[5] = __high2float(fused);
  out[6] = __half2float(hsqrt(__float2half(16.0f)));
  out[7] = __hgt(__float2half(2.0f), __float2half(1.0f)) ? 1.0f : 0.0f;
  out[8] =
      __half2float(__shfl_xor_sync(0xffffffffu, __float2half(static_cast<float>(threadIdx.x)), 1));
  const __nv_bfloat162 p = __floats2bfloat162_rn(3.0f, 5.0f);
#ifdef HAS_BFLOAT16
  out[9] = __bfloat162float(__hadd(p.x, p.y));
#else
  out[9] = __bfloat162float(p.x) + __bfloat162float(p.y);
#endif
}

TEST(Pairs, EachHalfOnItsOwn) {
  DeviceArray<float> out(10);
  pairs<<<1, 32>>>(out.data());
  const std::vector<float> got = out.host();
  const std::vector<float> want{5.5f, 6, 6, 8, 11.5f, 14, 4, 1};
  EXPECT_EQ(std::vector<float>(got.begin(), got.begin() + 8), want);
  EXPECT_EQ(got[9], 8);
}

// Double-buffered tiles through asynchronous copies: the sum must come out however the copies run.
__global__ void pipelined_sum(float* out, const float* in, int tiles) {
  __shared__ __align__(16) float s_tile[2][128];
  const unsigned t = threadIdx.x;
  float sum = 0;
  __pipeline_memcpy_async(&s_tile[0][4 * t], in + 4 * t, 16);
  __pipeline_commit();
  for (int i = 0; i < tiles; ++i) {
    if (i + 1 < tiles)
      __pipeline_memcpy_async(&s_tile[(i + 1) & 1][4 * t], in + (i + 1) * 128 + 4 * t, 16);
    __pipeline_commit();
    __pipeline_wait_prior(1);
    __syncthreads();  // every thread's part of tile i has arrived
    for (int k = 0; k < 128; ++k) sum += s_tile[i & 1][k] * static_cast<float>(t + 1);
    __syncthreads();  // everyone has read before the tile is overwritten
  }
  out[t] = sum;
}

TEST(Pipeline, TilesArriveWhenWaitedFor) {
  const int tiles = 5;
  std::vector<float> in(tiles * 128);
  float sum = 0;
  for (std::size_t i = 0; i < in.size(); ++i) sum += in[i] = static_cast<float>(i % 13);
  DeviceArray<float> d_in(in), out(32);
  pipelined_sum<<<1, 32>>>(out.data(), d_in.data(), tiles);
  const std::vector<float> got = out.host();
  for (std::size_t t = 0; t < 32; ++t) EXPECT_EQ(got[t], sum * static_cast<float>(t + 1));
}

}  // namespace
