// build: nvcc -std=c++20 -extended-lambda -arch=sm_80 -Xcompiler -Wall,-Wextra -o 22_half_bfloat 22_half_bfloat.cu
//
// Arithmetic in half precision (cuda_fp16.h) and in bfloat16 (cuda_bf16.h).
//
// The operations are correctly rounded: the host computes in double, where sums and
// products of such short numbers are exact, rounds once and compares bit by bit.
// Then come pairs (half2, bfloat162), conversions in all rounding modes, functions
// with a tolerance, a dot product in pairs and atomics on pairs.
//
// usage: 22_half_bfloat [--n=..]

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "helper_check.h"

// out[i] = f(i) for a lambda made by the host
template <typename T, typename F>
__global__ void generate(T* out, int n, F f) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    out[i] = f(i);
}

// Dot product: pairs are multiplied and added in half precision, a few at a time;
// the partial sums go on in single precision.
__global__ void dotHalf2(const __half2* a, const __half2* b, int pairs, float* result) {
  float mine = 0.0f;
  for (int i = 4 * (blockIdx.x * blockDim.x + threadIdx.x); i < pairs;
       i += 4 * gridDim.x * blockDim.x) {
    __half2 sum = __float2half2_rn(0.0f);
    for (int k = i; k < i + 4 && k < pairs; ++k) sum = __hfma2(a[k], b[k], sum);
    mine += __low2float(sum) + __high2float(sum);
  }
  for (int d = 16; d > 0; d /= 2) mine += __shfl_down_sync(0xffffffffu, mine, d);
  if (threadIdx.x % 32 == 0) atomicAdd(result, mine);
}

__global__ void countWithAtomics(__half2* h, __nv_bfloat162* b) {
  atomicAdd(h, __floats2half2_rn(1.0f, 0.5f));
  atomicAdd(b, __floats2bfloat162_rn(0.25f, -1.0f));
}

// ------------------------------------------------------------------------ host

static uint16_t bitsOf(__half h) { return static_cast<__half_raw>(h).x; }
static uint16_t bitsOf(__nv_bfloat16 b) { return static_cast<__nv_bfloat16_raw>(b).x; }
static double toDouble(__half h) { return __half2float(h); }
static double toDouble(__nv_bfloat16 b) { return __bfloat162float(b); }

template <typename T>
T rounded(double x) {
  if constexpr (std::is_same_v<T, __half>)
    return __double2half(x);
  else
    return __double2bfloat16(x);
}

static bool allOk = true;

static void report(const std::string& name, int wrong, int n) {
  std::printf("%-34s %d of %d wrong\n", name.c_str(), wrong, n);
  allOk = allOk && wrong == 0;
}

// Runs f on the device for all i and returns the results.
template <typename T, typename F>
std::vector<T> onDevice(int n, F f) {
  T* d = nullptr;
  std::vector<T> h(n);
  CHECK(cudaMalloc(&d, n * sizeof(T)));
  CHECK(cudaMemset(d, 0xff, n * sizeof(T)));
  generate<<<20, 128>>>(d, n, f);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(h.data(), d, n * sizeof(T), cudaMemcpyDeviceToHost));
  CHECK(cudaFree(d));
  return h;
}

template <typename T>
T* upload(const std::vector<T>& h) {
  T* d = nullptr;
  CHECK(cudaMalloc(&d, h.size() * sizeof(T)));
  CHECK(cudaMemcpy(d, h.data(), h.size() * sizeof(T), cudaMemcpyHostToDevice));
  return d;
}

template <typename T, typename F, typename G>
void exact(const std::string& name, int n, F deviceFunction, G hostFunction) {
  const auto got = onDevice<T>(n, deviceFunction);
  int wrong = 0;
  for (int i = 0; i < n; ++i) {
    const T want = rounded<T>(hostFunction(i));
    if (bitsOf(got[i]) != bitsOf(want) && wrong++ < 3)
      std::printf("    [%d] %04x (%g), expected %04x (%g)\n", i, bitsOf(got[i]), toDouble(got[i]),
                  bitsOf(want), toDouble(want));
  }
  report(name, wrong, n);
}

// The same tests for either type.  Sums never vanish by chance with the wrong sign
// here, as x + y == 0 gives +0 on both sides.
template <typename T>
void testType(const std::string& type, int n) {
  std::mt19937 engine(16);
  std::uniform_real_distribution<double> uniform(-4.0, 4.0);
  std::vector<T> x(n), y(n), z(n);
  for (int i = 0; i < n; ++i) {
    x[i] = rounded<T>(uniform(engine));
    y[i] = rounded<T>(uniform(engine));
    z[i] = rounded<T>(uniform(engine));
  }
  const T *dx = upload(x), *dy = upload(y), *dz = upload(z);
  auto X = [&](int i) { return toDouble(x[i]); };
  auto Y = [&](int i) { return toDouble(y[i]); };
  auto Z = [&](int i) { return toDouble(z[i]); };

  // The _rn forms are never fused into a multiply-add.
  exact<T>(
      type + " add", n, [=] __device__(int i) { return __hadd_rn(dx[i], dy[i]); },
      [&](int i) { return X(i) + Y(i); });
  exact<T>(
      type + " subtract", n, [=] __device__(int i) { return dx[i] - dy[i]; },
      [&](int i) { return X(i) - Y(i); });
  exact<T>(
      type + " multiply", n, [=] __device__(int i) { return __hmul_rn(dx[i], dy[i]); },
      [&](int i) { return X(i) * Y(i); });
  exact<T>(
      type + " multiply-add", n, [=] __device__(int i) { return __hfma(dx[i], dy[i], dz[i]); },
      [&](int i) { return X(i) * Y(i) + Z(i); });
  exact<T>(
      type + " multiply-add, saturated", n,
      [=] __device__(int i) { return __hfma_sat(dx[i], dy[i], dz[i]); },
      [&](int i) { return std::fmin(1.0, std::fmax(0.0, X(i) * Y(i) + Z(i))); });
  exact<T>(
      type + " negate, abs, max", n,
      [=] __device__(int i) { return __hmax(__hneg(dx[i]), __habs(dy[i])); },
      [&](int i) { return std::fmax(-X(i), std::fabs(Y(i))); });

  const auto compared = onDevice<int>(n, [=] __device__(int i) {
    return int(__hlt(dx[i], dy[i])) | int(__hge(dx[i], dy[i])) << 1 | int(dx[i] == dx[i]) << 2 |
           int(__hisnan(dx[i])) << 3;
  });
  int wrong = 0;
  for (int i = 0; i < n; ++i) wrong += compared[i] != ((X(i) < Y(i) ? 1 : 2) | 4);
  report(type + " comparisons", wrong, n);

  const auto roots = onDevice<T>(n, [=] __device__(int i) { return hsqrt(__habs(dx[i])); });
  const auto exps = onDevice<T>(n, [=] __device__(int i) { return hexp(dx[i]); });
  const double epsilon = std::is_same_v<T, __half> ? 1.0 / 1024 : 1.0 / 128;
  wrong = 0;
  for (int i = 0; i < n; ++i) {
    wrong += !(std::fabs(toDouble(roots[i]) - std::sqrt(std::fabs(X(i)))) <= 2.0 * epsilon * 2.0);
    wrong += !(std::fabs(toDouble(exps[i]) / std::exp(X(i)) - 1.0) <= 2.0 * epsilon);
  }
  report(type + " square root, exponential", wrong, n);

  CHECK(cudaFree(const_cast<T*>(dx)));
  CHECK(cudaFree(const_cast<T*>(dy)));
  CHECK(cudaFree(const_cast<T*>(dz)));
}

static void testConversions(int n) {
  std::mt19937 engine(32);
  std::uniform_real_distribution<float> uniform(-70000.0f, 70000.0f);
  std::vector<float> values(n);
  for (float& v : values) {
    v = uniform(engine);
    if (engine() % 2) v *= 1e-6f;
  }
  const float* d = upload(values);
  const auto nearest = onDevice<__half>(n, [=] __device__(int i) { return __float2half_rn(d[i]); });
  const auto down =
      onDevice<float>(n, [=] __device__(int i) { return __half2float(__float2half_rd(d[i])); });
  const auto up =
      onDevice<float>(n, [=] __device__(int i) { return __half2float(__float2half_ru(d[i])); });
  const auto zero =
      onDevice<float>(n, [=] __device__(int i) { return __half2float(__float2half_rz(d[i])); });
  const auto brain =
      onDevice<__nv_bfloat16>(n, [=] __device__(int i) { return __float2bfloat16_rn(d[i]); });
  const auto whole = onDevice<int>(
      n, [=] __device__(int i) { return __half2int_rn(__float2half_rn(d[i] * 0.01f)); });
  int wrong = 0;
  for (int i = 0; i < n; ++i) {
    const float v = values[i], toward = v < 0 ? up[i] : down[i];
    wrong += bitsOf(nearest[i]) != bitsOf(__float2half_rn(v));
    wrong += bitsOf(brain[i]) != bitsOf(__float2bfloat16_rn(v));
    wrong += !(down[i] <= v && v <= up[i] && zero[i] == toward);
    wrong += whole[i] != int(std::nearbyint(__half2float(__float2half_rn(v * 0.01f))));
  }
  report("conversions", wrong, n);
  CHECK(cudaFree(const_cast<float*>(d)));
}

int main(int argc, char** argv) {
  const int n = intOption(argc, argv, "n", 20000);
  if (n < 64 || n > 50000000) {
    std::fprintf(stderr, "n must lie between 64 and 50000000\n");
    return finish(false);
  }
  testType<__half>("half", n);
  testType<__nv_bfloat16>("bfloat16", n);
  testConversions(n);

  // Dot product in pairs: sixteenths, small enough to be exact.
  const int pairs = n / 2;
  std::vector<__half2> a(pairs), b(pairs);
  double gold = 0.0;
  for (int i = 0; i < pairs; ++i) {
    const float a0 = (i % 9 - 4) / 4.0f, a1 = (i % 5) / 4.0f, b0 = (i % 3) / 4.0f,
                b1 = (i % 7 - 3) / 4.0f;
    a[i] = __floats2half2_rn(a0, a1);
    b[i] = __floats2half2_rn(b0, b1);
    gold += a0 * b0 + a1 * b1;
  }
  __half2 *da = upload(a), *db = upload(b);
  float *dDot = upload(std::vector<float>{0.0f}), dot = 0.0f;
  dotHalf2<<<12, 128>>>(da, db, pairs, dDot);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(&dot, dDot, sizeof dot, cudaMemcpyDeviceToHost));
  std::printf("dot product in pairs: %.4f (expected %.4f)\n", dot, gold);
  allOk = allOk && nearlyEqual(dot, gold, 1e-5);

  // Atomics: 128 threads, exact in either type.
  __half2 *dH = upload(std::vector<__half2>{__float2half2_rn(0.0f)}), h{};
  __nv_bfloat162 *dB = upload(std::vector<__nv_bfloat162>{__float2bfloat162_rn(0.0f)}), bf{};
  countWithAtomics<<<2, 64>>>(dH, dB);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(&h, dH, sizeof h, cudaMemcpyDeviceToHost));
  CHECK(cudaMemcpy(&bf, dB, sizeof bf, cudaMemcpyDeviceToHost));
  std::printf("atomics: %g %g %g %g\n", toDouble(h.x), toDouble(h.y), toDouble(bf.x),
              toDouble(bf.y));
  allOk = allOk && toDouble(h.x) == 128 && toDouble(h.y) == 64 && toDouble(bf.x) == 32 &&
          toDouble(bf.y) == -128;

  for (void* p : {(void*)da, (void*)db, (void*)dDot, (void*)dH, (void*)dB}) CHECK(cudaFree(p));
  return finish(allOk);
}
