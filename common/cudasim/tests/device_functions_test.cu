// Device functions against definitions computed here another way: integer intrinsics exhaustively or
// at random, conversions at the borders of their types, arithmetic with a rounding mode.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

constexpr int kCases = 2000;

// Runs `compute(i)` for each i on the device.
template <class T, class F>
__global__ void evaluate(T* out, F compute, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) out[i] = compute(i);
}

std::vector<unsigned> random_words(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<unsigned> words(kCases);
  for (unsigned& w : words) w = static_cast<unsigned>(random());
  const unsigned edges[] = {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu, 0x80u, 0xff00ff00u};
  std::copy(std::begin(edges), std::end(edges), words.begin());
  return words;
}

struct BitFunctions {
  const unsigned *a, *b, *c;
  int which;
  __device__ unsigned operator()(int i) const {
    const unsigned x = a[i], y = b[i], z = c[i];
    switch (which) {
      case 0:
        return static_cast<unsigned>(__popc(x));
      case 1:
        return static_cast<unsigned>(__clz(static_cast<int>(x)));
      case 2:
        return static_cast<unsigned>(__ffs(static_cast<int>(x)));
      case 3:
        return __brev(x);
      case 4:
        return __byte_perm(x, y, z & 0x7777);
      case 5:
        return __funnelshift_l(x, y, z);
      case 6:
        return __funnelshift_r(x, y, z);
      case 7:
        return __funnelshift_lc(x, y, z % 40);
      case 8:
        return __funnelshift_rc(x, y, z % 40);
      case 9:
        return __umulhi(x, y);
      case 10:
        return static_cast<unsigned>(__mulhi(static_cast<int>(x), static_cast<int>(y)));
      case 11:
        return static_cast<unsigned>(__mul24(static_cast<int>(x), static_cast<int>(y)));
      case 12:
        return __usad(x, y, z);
      case 13:
        return static_cast<unsigned>(
            __dp4a(static_cast<int>(x), static_cast<int>(y), static_cast<int>(z)));
      case 14:
        return __dp4a(x, y, z);
      case 15:
        return static_cast<unsigned>(__hadd(static_cast<int>(x), static_cast<int>(y)));
      case 16:
        return __urhadd(x, y);
      default:
        return static_cast<unsigned>(__popcll(static_cast<unsigned long long>(x) << 32 | y));
    }
  }
};

unsigned model(int which, unsigned x, unsigned y, unsigned z) {
  const std::int64_t sx = static_cast<std::int32_t>(x), sy = static_cast<std::int32_t>(y);
  const std::uint64_t wide = static_cast<std::uint64_t>(y) << 32 | x;
  const auto bit = [](unsigned w, int i) { return w >> i & 1; };
  unsigned r = 0;
  switch (which) {
    case 0:
      for (int i = 0; i < 32; ++i) r += bit(x, i);
      return r;
    case 1:
      while (r < 32 && bit(x, 31 - static_cast<int>(r)) == 0) ++r;
      return r;
    case 2:
      while (r < 32 && bit(x, static_cast<int>(r)) == 0) ++r;
      return r == 32 ? 0 : r + 1;
    case 3:
      for (int i = 0; i < 32; ++i) r |= bit(x, i) << (31 - i);
      return r;
    case 4:
      for (int i = 0; i < 4; ++i) {
        r |= static_cast<unsigned>(wide >> (8 * (z >> (4 * i) & 7)) & 255) << (8 * i);
      }
      return r;
    case 5:
      return static_cast<unsigned>(wide << (z % 32) >> 32);
    case 6:
      return static_cast<unsigned>(wide >> (z % 32));
    case 7:
      return z % 40 >= 32 ? x : static_cast<unsigned>(wide << (z % 40) >> 32);
    case 8:
      return z % 40 >= 32 ? y : static_cast<unsigned>(wide >> (z % 40));
    case 9:
      return static_cast<unsigned>(static_cast<std::uint64_t>(x) * y >> 32);
    case 10:
      return static_cast<unsigned>(sx * sy >> 32);
    case 11: {
      const auto low24 = [](unsigned w) {
        return static_cast<std::int64_t>(w & 0x7fffff) - static_cast<std::int64_t>(w & 0x800000);
      };
      return static_cast<unsigned>(low24(x) * low24(y));
    }
    case 12:
      return (x > y ? x - y : y - x) + z;
    case 13: {
      std::int64_t sum = static_cast<std::int32_t>(z);
      for (int i = 0; i < 4; ++i) {
        sum += static_cast<std::int8_t>(x >> (8 * i)) * static_cast<std::int8_t>(y >> (8 * i));
      }
      return static_cast<unsigned>(sum);
    }
    case 14: {
      std::uint64_t sum = z;
      for (int i = 0; i < 4; ++i) sum += (x >> (8 * i) & 255) * (y >> (8 * i) & 255);
      return static_cast<unsigned>(sum);
    }
    case 15:
      return static_cast<unsigned>((sx + sy) >> 1);
    case 16:
      return static_cast<unsigned>((static_cast<std::uint64_t>(x) + y + 1) / 2);
    default:
      for (int i = 0; i < 32; ++i) r += bit(x, i) + bit(y, i);
      return r;
  }
}

TEST(Integers, AgainstTheirDefinitions) {
  const std::vector<unsigned> a = random_words(1), b = random_words(2), c = random_words(3);
  DeviceArray<unsigned> d_a(a), d_b(b), d_c(c), out(kCases);
  for (int which = 0; which <= 17; ++which) {
    evaluate<<<kCases / 100, 100>>>(
        out.data(), BitFunctions{d_a.data(), d_b.data(), d_c.data(), which}, kCases);
    const std::vector<unsigned> got = out.host();
    for (std::size_t i = 0; i < kCases; ++i) {
      ASSERT_EQ(got[i], model(which, a[i], b[i], c[i]))
          << which << " " << a[i] << " " << b[i] << " " << c[i];
    }
  }
}

struct Convert {
  const float* x;
  int which;
  __device__ long long operator()(int i) const {
    const float v = x[i];
    switch (which) {
      case 0:
        return __float2int_rn(v);
      case 1:
        return __float2int_rz(v);
      case 2:
        return __float2int_ru(v);
      case 3:
        return __float2int_rd(v);
      case 4:
        return static_cast<long long>(__float2uint_rz(v));
      default:
        return __float2ll_rn(v);
    }
  }
};

TEST(Conversions, RoundAndSaturate) {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> x{0.5f,   1.5f, 2.5f, -0.5f,         -1.5f, 2.25f, -2.75f, 1e10f,
                             -1e10f, inf,  -inf, 2147483520.0f, 4e9f,  5e9f,  -1.0f};
  const long long low = std::numeric_limits<int>::min(), high = std::numeric_limits<int>::max();
  const std::vector<std::vector<long long>> want{
      {0, 2, 2, 0, -2, 2, -3, high, low, high, low, 2147483520, high, high, -1},
      {0, 1, 2, 0, -1, 2, -2, high, low, high, low, 2147483520, high, high, -1},
      {1, 2, 3, 0, -1, 3, -2, high, low, high, low, 2147483520, high, high, -1},
      {0, 1, 2, -1, -2, 2, -3, high, low, high, low, 2147483520, high, high, -1},
      {0, 1, 2, 0, 0, 2, 0, 4294967295, 0, 4294967295, 0, 2147483520, 4000000000, 4294967295, 0},
      {0, 2, 2, 0, -2, 2, -3, 10000000000, -10000000000, std::numeric_limits<long long>::max(),
       std::numeric_limits<long long>::min(), 2147483520, 4000000000, 5000000000, -1}};
  DeviceArray<float> d_x(x);
  DeviceArray<long long> out(x.size());
  for (int which = 0; which < 6; ++which) {
    evaluate<<<1, 32>>>(out.data(), Convert{d_x.data(), which}, static_cast<int>(x.size()));
    EXPECT_EQ(out.host(), want[static_cast<std::size_t>(which)]) << which;
  }
}

struct Rounded {
  const float *a, *b;
  int which;
  __device__ float operator()(int i) const {
    switch (which) {
      case 0:
        return __fadd_rn(a[i], b[i]);
      case 1:
        return __fadd_rz(a[i], b[i]);
      case 2:
        return __fadd_ru(a[i], b[i]);
      case 3:
        return __fadd_rd(a[i], b[i]);
      case 4:
        return __fmul_rn(a[i], b[i]);
      case 5:
        return __fmul_rz(a[i], b[i]);
      case 6:
        return __fmul_ru(a[i], b[i]);
      default:
        return __fmul_rd(a[i], b[i]);
    }
  }
};

// Sums and products of floats of like size are exact in double; rounding that by hand is the model.
float round_by_hand(double exact, int mode) {
  const float nearest = static_cast<float>(exact);  // ties to even
  const float inf = std::numeric_limits<float>::infinity();
  const float below = nearest <= exact ? nearest : std::nextafter(nearest, -inf);
  const float above = nearest >= exact ? nearest : std::nextafter(nearest, inf);
  return mode == 0 ? nearest : mode == 1 ? (exact > 0 ? below : above) : mode == 2 ? above : below;
}

TEST(Arithmetic, WithARoundingMode) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> value(-8, 8);
  std::vector<float> a(kCases), b(kCases);
  for (float& v : a) v = value(random);
  for (float& v : b) v = value(random);
  DeviceArray<float> d_a(a), d_b(b), out(kCases);
  for (int which = 0; which < 8; ++which) {
    evaluate<<<kCases / 100, 100>>>(out.data(), Rounded{d_a.data(), d_b.data(), which}, kCases);
    const std::vector<float> got = out.host();
    for (std::size_t i = 0; i < kCases; ++i) {
      const double x = a[i], y = b[i];
      ASSERT_EQ(got[i], round_by_hand(which < 4 ? x + y : x * y, which % 4))
          << which << " " << x << " " << y;
    }
  }
}

struct Fused {
  __device__ float operator()(int i) const {
    const float x = 1.0f + static_cast<float>(i) * 0x1p-23f;
    return i % 2 == 0 ? __fmaf_rn(x, x, -1.0f) : fmaf(x, x, -1.0f);
  }
};

TEST(Arithmetic, FusedMultiplyAddRoundsOnce) {
  DeviceArray<float> out(1000);
  evaluate<<<10, 100>>>(out.data(), Fused{}, 1000);
  const std::vector<float> got = out.host();
  for (int i = 0; i < 1000; ++i) {
    const double x = 1.0 + i * 0x1p-23;
    EXPECT_EQ(got[static_cast<std::size_t>(i)], static_cast<float>(x * x - 1.0));
  }
}

struct Approximate {
  int which;
  __device__ float operator()(int i) const {
    const float x = 0.05f + static_cast<float>(i) * 0.01f;
    switch (which) {
      case 0:
        return __expf(x);
      case 1:
        return __logf(x);
      case 2:
        return __sinf(x);
      case 3:
        return __cosf(x);
      case 4:
        return __powf(x, 1.5f);
      case 5:
        return rsqrtf(x);
      case 6:
        return __fdividef(1.0f, x);
      case 7:
        return __saturatef(x - 3.0f);
      case 8:
        return normcdff(x);
      case 9:
        return exp10f(x);
      case 10:
        return sinpif(x);
      default:
        return __frsqrt_rn(x);
    }
  }
};

// A GPU's __sinf is off by up to 2^-21 absolute in [-pi, pi], __powf and __exp10f by a few units in the
// last place, more for large results (programming guide, "Mathematical Functions").
TEST(Mathematics, CloseToTheFunctionsInDouble) {
  DeviceArray<float> out(300);
  for (int which = 0; which < 12; ++which) {
    evaluate<<<3, 100>>>(out.data(), Approximate{which}, 300);
    const std::vector<float> got = out.host();
    for (int i = 0; i < 300; ++i) {
      const double x = static_cast<double>(0.05f + static_cast<float>(i) * 0.01f);
      const double want[] = {std::exp(x),
                             std::log(x),
                             std::sin(x),
                             std::cos(x),
                             std::pow(x, 1.5),
                             1 / std::sqrt(x),
                             1 / x,
                             std::fmin(std::fmax(x - 3.0, 0), 1),
                             0.5 * std::erfc(-x / std::sqrt(2.0)),
                             std::pow(10.0, x),
                             std::sin(3.14159265358979323846 * x),
                             1 / std::sqrt(x)};
      EXPECT_NEAR(got[static_cast<std::size_t>(i)], want[which],
                  2e-6 * (1 + std::fabs(want[which])))
          << which << " " << x;
    }
  }
}

struct MinMax {
  __device__ double operator()(int i) const {
    switch (i) {
      case 0:
        return min(3, -2);
      case 1:
        return max(3u, 7u);
      case 2:
        return min(2.5f, 1.5f);
      case 3:
        return max(2.5, 3.5);
      case 4:
        return static_cast<double>(min(1ll << 40, 5ll));
      case 5:
        return fminf(nanf(""), 1.0f);
      case 6:
        return min(1.0f, 0.5);
      default:
        return __int_as_float(0x40490fdb);
    }
  }
};

TEST(Mathematics, MinMaxOfEachType) {
  DeviceArray<double> out(8);
  evaluate<<<1, 8>>>(out.data(), MinMax{}, 8);
  EXPECT_EQ(out.host(),
            (std::vector<double>{-2, 7, 1.5, 3.5, 5, 1, 0.5, static_cast<double>(3.14159274f)}));
}

}  // namespace
