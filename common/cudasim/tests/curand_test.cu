// Random numbers: the Philox sequence as published and as the toolkit's generator gives it, the same on
// host and device; moments of the distributions.
#include <curand.h>
#include <curand_kernel.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

__global__ void draw(unsigned* out, unsigned long long seed, unsigned long long offset, int n) {
  curandStatePhilox4_32_10_t state;
  curand_init(seed, threadIdx.x, offset, &state);
  for (int i = 0; i < n; ++i) out[static_cast<int>(threadIdx.x) * n + i] = curand(&state);
}

std::vector<unsigned> host_numbers(unsigned long long seed, unsigned long long offset,
                                   std::size_t n) {
  curandGenerator_t g = nullptr;
  EXPECT_EQ(curandCreateGeneratorHost(&g, CURAND_RNG_PSEUDO_PHILOX4_32_10), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandSetPseudoRandomGeneratorSeed(g, seed), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandSetGeneratorOffset(g, offset), CURAND_STATUS_SUCCESS);
  std::vector<unsigned> out(n);
  EXPECT_EQ(curandGenerate(g, out.data(), n), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandDestroyGenerator(g), CURAND_STATUS_SUCCESS);
  return out;
}

// The first known-answer vector of Random123 for philox4x32-10: counter 0, key 0.
TEST(Philox, KnownAnswer) {
  EXPECT_EQ(host_numbers(0, 0, 4),
            (std::vector<unsigned>{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}));
}

TEST(Philox, DeviceSubsequencesAreTheHostsColumns) {
  const int threads = 8, n = 11;
  DeviceArray<unsigned> out(threads * n);
  for (const unsigned long long offset : {0ull, 1ull, 4ull, 6ull}) {
    draw<<<1, threads>>>(out.data(), 1234567890123ull, offset, n);
    const std::vector<unsigned> got = out.host();
    for (std::size_t t = 0; t < threads; ++t) {
      for (std::size_t i = 0; i < n; ++i) {
        const unsigned long long at = offset + i;
        // Number `at` of subsequence t: see runtime/curand/curand.cc for the order on the host.
        const unsigned long long place = (at / 4 * 65536 + t) * 4 + at % 4;
        EXPECT_EQ(got[t * n + i], host_numbers(1234567890123ull, place, 1)[0]) << t << " " << at;
      }
    }
  }
}

#ifdef CUDASIM
// The toolkit's own generator on the host runs without a GPU.
TEST(Philox, EqualsTheToolkits) {
  void* library = dlopen("libcurand.so.10", RTLD_NOW);
  if (library == nullptr)
    library = dlopen("/usr/local/cuda/lib64/libcurand.so.10", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) GTEST_SKIP() << "the CUDA toolkit's libcurand is not installed";
  const auto find = [&](auto* like, const char* name) {
    return reinterpret_cast<decltype(like)>(dlsym(library, name));
  };
  const auto create = find(&curandCreateGeneratorHost, "curandCreateGeneratorHost");
  const auto seed = find(&curandSetPseudoRandomGeneratorSeed, "curandSetPseudoRandomGeneratorSeed");
  const auto offset = find(&curandSetGeneratorOffset, "curandSetGeneratorOffset");
  const auto generate = find(&curandGenerate, "curandGenerate");
  const auto uniform = find(&curandGenerateUniform, "curandGenerateUniform");
  const auto normal = find(&curandGenerateNormal, "curandGenerateNormal");
  curandGenerator_t g = nullptr, ours = nullptr;
  ASSERT_EQ(create(&g, CURAND_RNG_PSEUDO_PHILOX4_32_10), CURAND_STATUS_SUCCESS);
  ASSERT_EQ(curandCreateGeneratorHost(&ours, CURAND_RNG_PSEUDO_PHILOX4_32_10),
            CURAND_STATUS_SUCCESS);
  const std::size_t n = 300000;  // past 65536 blocks of four
  std::vector<unsigned> want(n);
  for (const unsigned long long s : {1234ull, 0x123456789abcdefull}) {
    ASSERT_EQ(seed(g, s), CURAND_STATUS_SUCCESS);
    ASSERT_EQ(offset(g, 3), CURAND_STATUS_SUCCESS);
    ASSERT_EQ(generate(g, want.data(), n), CURAND_STATUS_SUCCESS);
    EXPECT_EQ(host_numbers(s, 3, n), want);
    std::vector<float> a(1000), b(1000);
    seed(g, s), offset(g, 0), curandSetPseudoRandomGeneratorSeed(ours, s);
    ASSERT_EQ(uniform(g, a.data(), a.size()), CURAND_STATUS_SUCCESS);
    ASSERT_EQ(curandGenerateUniform(ours, b.data(), b.size()), CURAND_STATUS_SUCCESS);
    EXPECT_EQ(a, b);
    seed(g, s), offset(g, 0), curandSetPseudoRandomGeneratorSeed(ours, s);
    ASSERT_EQ(normal(g, a.data(), a.size(), 1.0f, 2.0f), CURAND_STATUS_SUCCESS);
    ASSERT_EQ(curandGenerateNormal(ours, b.data(), b.size(), 1.0f, 2.0f), CURAND_STATUS_SUCCESS);
    // Their logarithm and sine may differ from the C library's in the last place.
    for (std::size_t i = 0; i < a.size(); ++i)
      EXPECT_NEAR(a[i], b[i], 1e-5f * (1 + std::fabs(a[i]))) << i;
  }
  curandDestroyGenerator(ours);
}
#endif

__global__ void moments(float* uniform, float* normal, int n) {
  curandState state;
  curand_init(42, blockIdx.x * blockDim.x + threadIdx.x, 0, &state);
  float* u = uniform + static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) * n;
  float* z = normal + static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) * n;
  for (int i = 0; i < n; ++i) {
    u[i] = curand_uniform(&state);
    z[i] = curand_normal(&state);
  }
}

TEST(Distributions, HaveTheirMoments) {
  const std::size_t n = 64 * 200;
  DeviceArray<float> u(n), z(n);
  moments<<<2, 32>>>(u.data(), z.data(), 200);
  double mean = 0, normal_mean = 0, variance = 0;
  for (const float x : u.host()) {
    EXPECT_GT(x, 0.0f);
    EXPECT_LE(x, 1.0f);
    mean += static_cast<double>(x) / n;
  }
  for (const float x : z.host()) normal_mean += static_cast<double>(x) / n;
  for (const float x : z.host()) variance += (x - normal_mean) * (x - normal_mean) / n;
  // Five standard errors: 0.289, 1 and 1.41 over sqrt(12800).
  EXPECT_NEAR(mean, 0.5, 5 * 0.289 / 113);
  EXPECT_NEAR(normal_mean, 0.0, 5 * 1.0 / 113);
  EXPECT_NEAR(variance, 1.0, 5 * 1.41 / 113);
}

TEST(Generators, MisuseIsAnswered) {
  curandGenerator_t g = nullptr;
  ASSERT_EQ(curandCreateGeneratorHost(&g, CURAND_RNG_PSEUDO_PHILOX4_32_10), CURAND_STATUS_SUCCESS);
  float odd[3];
  EXPECT_EQ(curandGenerateNormal(g, odd, 3, 0.0f, 1.0f), CURAND_STATUS_LENGTH_NOT_MULTIPLE);
  EXPECT_EQ(curandDestroyGenerator(g), CURAND_STATUS_SUCCESS);
}

}  // namespace
