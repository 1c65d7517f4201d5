// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 21_curand_pi 21_curand_pi.cu -lcurand
//
// cuRAND: an estimate of pi by Monte Carlo, twice
//   * with the host API: a Philox generator fills an array, a kernel counts
//   * with the device API: every thread has a Philox state and counts what it draws
// and some statistics of normal deviates.  As the seeds are fixed and the number of
// draws is known, the error allowed follows from the binomial distribution.
//
// usage: 21_curand_pi [--samples=..] [--seed=..]

#include <curand.h>
#include <curand_kernel.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "helper_check.h"

#define CHECK_RAND(call)                                                               \
  do {                                                                                 \
    const curandStatus_t s_ = (call);                                                  \
    if (s_ != CURAND_STATUS_SUCCESS) {                                                 \
      std::fprintf(stderr, "%s:%d: %s: curand status %d\n", __FILE__, __LINE__, #call, \
                   static_cast<int>(s_));                                              \
      std::exit(finish(false));                                                        \
    }                                                                                  \
  } while (0)

constexpr int kBlock = 128;

// Adds the block's sum of `mine` to the counter.  All threads of the block call it.
__device__ void addBlockSum(unsigned int mine, unsigned long long* counter) {
  __shared__ unsigned int warpSums[kBlock / 32];

  for (int d = 16; d > 0; d >>= 1) mine += __shfl_down_sync(0xffffffffu, mine, d);
  if (threadIdx.x % 32 == 0) warpSums[threadIdx.x / 32] = mine;
  __syncthreads();
  if (threadIdx.x == 0) {
    unsigned long long sum = 0;
    for (int w = 0; w < kBlock / 32; ++w) sum += warpSums[w];
    atomicAdd(counter, sum);
  }
}

// xy: first all the x, then all the y
__global__ void countInside(const float* xy, size_t samples, unsigned long long* inside) {
  unsigned int mine = 0;
  for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < samples;
       i += size_t(gridDim.x) * blockDim.x) {
    const float x = xy[i], y = xy[samples + i];
    mine += x * x + y * y <= 1.0f;
  }
  addBlockSum(mine, inside);
}

__global__ void setupStates(curandStatePhilox4_32_10_t* states, unsigned long long seed) {
  const int id = blockIdx.x * blockDim.x + threadIdx.x;
  // One seed, a subsequence for each thread: the streams do not overlap.
  curand_init(seed, id, 0, &states[id]);
}

// Every thread draws 2 * pairs points; the state is carried on in memory.
__global__ void drawAndCount(curandStatePhilox4_32_10_t* states, int pairs,
                             unsigned long long* inside) {
  const int id = blockIdx.x * blockDim.x + threadIdx.x;
  curandStatePhilox4_32_10_t state = states[id];
  unsigned int mine = 0;

  for (int i = 0; i < pairs; ++i) {
    const float4 u = curand_uniform4(&state);
    mine += u.x * u.x + u.y * u.y <= 1.0f;
    mine += u.z * u.z + u.w * u.w <= 1.0f;
  }
  states[id] = state;
  addBlockSum(mine, inside);
}

// The first values of a few threads, for looking at.
__global__ void drawFew(unsigned long long seed, unsigned int* bits, float* uniform, double* normal,
                        int each) {
  const int id = blockIdx.x * blockDim.x + threadIdx.x;
  curandStatePhilox4_32_10_t philox;
  curandState xorwow;

  curand_init(seed, id, 0, &philox);
  curand_init(seed, id, 0, &xorwow);
  for (int i = 0; i < each; ++i) {
    bits[id * each + i] = curand(&philox);
    uniform[id * each + i] = curand_uniform(&xorwow);
    normal[id * each + i] = curand_normal_double(&xorwow);
  }
}

static bool judge(const char* name, unsigned long long inside, double samples) {
  const double pi = 3.14159265358979323846;
  const double p = pi / 4.0;
  const double estimate = 4.0 * double(inside) / samples;
  const double sigma = 4.0 * std::sqrt(p * (1.0 - p) / samples);
  const double deviation = (estimate - pi) / sigma;
  const bool good = std::fabs(deviation) < 5.0;
  std::printf("%-12s %.0f samples: pi is about %.6f, off by %+.2f sigma %s\n", name, samples,
              estimate, deviation, good ? "ok" : "WRONG");
  return good;
}

int main(int argc, char** argv) {
  const int samples = intOption(argc, argv, "samples", 200000);
  const unsigned long long seed = intOption(argc, argv, "seed", 1234);
  if (samples < 1000 || samples > 100000000) {
    std::fprintf(stderr, "samples must lie between 1000 and 100000000\n");
    return finish(false);
  }
  bool ok = true;

  unsigned long long *dInside = nullptr, inside = 0;
  float* dXY = nullptr;
  const size_t numbers = size_t(samples) * 2;
  CHECK(cudaMalloc(&dInside, sizeof *dInside));
  CHECK(cudaMalloc(&dXY, (numbers + 2) * sizeof(float)));

  // ------------------------------------------------------------- host API
  curandGenerator_t generator;
  int version = 0;
  CHECK_RAND(curandGetVersion(&version));
  std::printf("cuRAND version %d\n", version);
  CHECK_RAND(curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10));
  CHECK_RAND(curandSetPseudoRandomGeneratorSeed(generator, seed));
  CHECK_RAND(curandGenerateUniform(generator, dXY, numbers));
  CHECK(cudaMemset(dInside, 0, sizeof *dInside));
  countInside<<<48, kBlock>>>(dXY, samples, dInside);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(&inside, dInside, sizeof inside, cudaMemcpyDeviceToHost));
  ok = judge("host API", inside, samples) && ok;

  std::vector<float> first(numbers), second(numbers);
  CHECK(cudaMemcpy(first.data(), dXY, numbers * sizeof(float), cudaMemcpyDeviceToHost));
  unsigned long long gold = 0;
  bool inRange = true;
  for (int i = 0; i < samples; ++i) {
    const float x = first[i], y = first[size_t(samples) + i];
    gold += double(x) * x + double(y) * y <= 1.0;
    inRange =
        inRange && x > 0.0f && x <= 1.0f && y > 0.0f && y <= 1.0f;  // zero is left out, one is not
  }
  const unsigned long long apart = gold > inside ? gold - inside : inside - gold;
  std::printf("the host counts %llu, the device %llu; all within (0, 1]: %s\n", gold, inside,
              inRange ? "yes" : "no");
  ok = ok && inRange && apart <= 2ull + samples / 200000;  // rounding right at the circle

  // The same seed gives the same numbers, and going on gives others.
  CHECK_RAND(curandGenerateUniform(generator, dXY, numbers));
  CHECK(cudaMemcpy(second.data(), dXY, numbers * sizeof(float), cudaMemcpyDeviceToHost));
  const bool goesOn = first != second;
  CHECK_RAND(curandSetPseudoRandomGeneratorSeed(generator, seed));
  CHECK_RAND(curandSetGeneratorOffset(generator, 0));
  CHECK_RAND(curandGenerateUniform(generator, dXY, numbers));
  CHECK(cudaMemcpy(second.data(), dXY, numbers * sizeof(float), cudaMemcpyDeviceToHost));
  const bool repeats = first == second;
  std::printf("goes on: %s, repeats with the seed: %s\n", goesOn ? "yes" : "no",
              repeats ? "yes" : "no");
  ok = ok && goesOn && repeats;

  // Normal deviates: mean and standard deviation (their number must be even).
  const float mean = 2.0f, spread = 3.0f;
  CHECK_RAND(curandGenerateNormal(generator, dXY, numbers, mean, spread));
  CHECK(cudaMemcpy(second.data(), dXY, numbers * sizeof(float), cudaMemcpyDeviceToHost));
  double sum = 0.0, squares = 0.0;
  for (float v : second) {
    sum += v;
    squares += (double(v) - mean) * (double(v) - mean);
  }
  const double meanOff = (sum / double(numbers) - mean) / (spread / std::sqrt(double(numbers)));
  const double varianceOff =
      (squares / double(numbers) / (spread * spread) - 1.0) / std::sqrt(2.0 / double(numbers));
  std::printf("normal deviates: mean off by %+.2f sigma, variance by %+.2f sigma\n", meanOff,
              varianceOff);
  ok = ok && std::fabs(meanOff) < 5.0 && std::fabs(varianceOff) < 5.0;
  CHECK_RAND(curandDestroyGenerator(generator));

  // ----------------------------------------------------------- device API
  const int blocks = 16, threads = blocks * kBlock;
  const int pairs = (samples / 2 + threads - 1) / threads;
  curandStatePhilox4_32_10_t* dStates = nullptr;
  CHECK(cudaMalloc(&dStates, threads * sizeof *dStates));
  setupStates<<<blocks, kBlock>>>(dStates, seed + 1);
  CHECK_LAUNCH();
  unsigned long long rounds[2];
  for (unsigned long long& round : rounds) {
    CHECK(cudaMemset(dInside, 0, sizeof *dInside));
    drawAndCount<<<blocks, kBlock>>>(dStates, pairs, dInside);
    CHECK_LAUNCH();
    CHECK(cudaMemcpy(&round, dInside, sizeof round, cudaMemcpyDeviceToHost));
    ok = judge("device API", round, 2.0 * pairs * threads) && ok;
  }
  ok = judge("both rounds", rounds[0] + rounds[1], 4.0 * pairs * threads) && ok;

  const int each = 8, few = 64;
  unsigned int* dBits = nullptr;
  float* dUniform = nullptr;
  double* dNormal = nullptr;
  CHECK(cudaMalloc(&dBits, few * each * sizeof *dBits));
  CHECK(cudaMalloc(&dUniform, few * each * sizeof *dUniform));
  CHECK(cudaMalloc(&dNormal, few * each * sizeof *dNormal));
  drawFew<<<2, few / 2>>>(seed, dBits, dUniform, dNormal, each);
  CHECK_LAUNCH();
  std::vector<unsigned int> bits(few * each);
  std::vector<float> uniform(few * each);
  std::vector<double> normal(few * each);
  CHECK(cudaMemcpy(bits.data(), dBits, bits.size() * sizeof bits[0], cudaMemcpyDeviceToHost));
  CHECK(cudaMemcpy(uniform.data(), dUniform, uniform.size() * sizeof uniform[0],
                   cudaMemcpyDeviceToHost));
  CHECK(
      cudaMemcpy(normal.data(), dNormal, normal.size() * sizeof normal[0], cudaMemcpyDeviceToHost));
  int ones = 0;
  double uniformMean = 0.0, normalMean = 0.0;
  bool sane = true;
  for (int i = 0; i < few * each; ++i) {
    ones += __builtin_popcount(bits[i]);
    uniformMean += uniform[i] / (few * each);
    normalMean += normal[i] / (few * each);
    sane = sane && uniform[i] > 0.0f && uniform[i] <= 1.0f && std::fabs(normal[i]) < 7.0;
  }
  const double n = few * each;
  const double onesOff = (ones - 16.0 * n) / std::sqrt(8.0 * n);
  const double uniformOff = (uniformMean - 0.5) * std::sqrt(12.0 * n),
               normalOff = normalMean * std::sqrt(n);
  std::printf("bits off by %+.2f sigma, uniform by %+.2f, normal by %+.2f\n", onesOff, uniformOff,
              normalOff);
  ok = ok && sane && std::fabs(onesOff) < 5.0 && std::fabs(uniformOff) < 5.0 &&
       std::fabs(normalOff) < 5.0;

  CHECK(cudaFree(dInside));
  CHECK(cudaFree(dXY));
  CHECK(cudaFree(dStates));
  CHECK(cudaFree(dBits));
  CHECK(cudaFree(dUniform));
  CHECK(cudaFree(dNormal));
  return finish(ok);
}
