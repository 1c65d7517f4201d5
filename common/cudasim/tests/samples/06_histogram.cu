// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 06_histogram 06_histogram.cu
//
// Histogram of bytes with 256 or 64 bins.
//
//   * one global table, atomics straight into it
//   * one table per block in shared memory
//   * one table per warp in shared memory, bytes loaded four at a time
//
// Each version is run on three kinds of input: evenly spread, concentrated in a
// few values (many collisions) and constant (nothing but collisions).
//
// usage: 06_histogram [--n=bytes]

#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "helper_check.h"

constexpr int kBlock = 192;  // six warps
constexpr int kWarps = kBlock / 32;

template <int BINS>
__device__ __forceinline__ unsigned int binOf(uint8_t byte) {
  static_assert(256 % BINS == 0, "bins must divide 256");
  return byte / (256 / BINS);
}

template <int BINS>
__global__ void histogramGlobal(const uint8_t* data, size_t n, unsigned int* bins) {
  const size_t step = size_t(gridDim.x) * blockDim.x;
  for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step)
    atomicAdd(&bins[binOf<BINS>(data[i])], 1u);
}

template <int BINS>
__global__ void histogramShared(const uint8_t* data, size_t n, unsigned int* bins) {
  __shared__ unsigned int local[BINS];

  for (int b = threadIdx.x; b < BINS; b += blockDim.x) local[b] = 0;
  __syncthreads();

  const size_t step = size_t(gridDim.x) * blockDim.x;
  for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step)
    atomicAdd(&local[binOf<BINS>(data[i])], 1u);
  __syncthreads();

  for (int b = threadIdx.x; b < BINS; b += blockDim.x)
    if (local[b] != 0) atomicAdd(&bins[b], local[b]);
}

// data must be aligned to four bytes, as everything from cudaMalloc is.
template <int BINS>
__global__ void histogramPerWarp(const uint8_t* data, size_t n, unsigned int* bins) {
  __shared__ unsigned int local[kWarps][BINS];

  for (int b = threadIdx.x; b < kWarps * BINS; b += blockDim.x) (&local[0][0])[b] = 0;
  __syncthreads();

  unsigned int* mine = local[threadIdx.x / 32];
  const size_t step = size_t(gridDim.x) * blockDim.x;
  const size_t first = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  const size_t words = n / 4;
  const uint32_t* asWords = reinterpret_cast<const uint32_t*>(data);

  for (size_t i = first; i < words; i += step) {
    const uint32_t w = asWords[i];
    atomicAdd(&mine[binOf<BINS>((w >> 0) & 0xff)], 1u);
    atomicAdd(&mine[binOf<BINS>((w >> 8) & 0xff)], 1u);
    atomicAdd(&mine[binOf<BINS>((w >> 16) & 0xff)], 1u);
    atomicAdd(&mine[binOf<BINS>((w >> 24) & 0xff)], 1u);
  }
  // At most three bytes are left over.
  for (size_t i = words * 4 + first; i < n; i += step) atomicAdd(&mine[binOf<BINS>(data[i])], 1u);
  __syncthreads();

  for (int b = threadIdx.x; b < BINS; b += blockDim.x) {
    unsigned int sum = 0;
    for (int w = 0; w < kWarps; ++w) sum += local[w][b];
    if (sum != 0) atomicAdd(&bins[b], sum);
  }
}

template <int BINS>
bool runAll(const std::string& label, const std::vector<uint8_t>& data, const uint8_t* dData) {
  std::array<unsigned int, BINS> expected{};
  for (uint8_t byte : data) ++expected[byte / (256 / BINS)];

  unsigned int* dBins = nullptr;
  CHECK(cudaMalloc(&dBins, BINS * sizeof(unsigned int)));

  using Kernel = void (*)(const uint8_t*, size_t, unsigned int*);
  const std::array<std::pair<const char*, Kernel>, 3> versions{{
      {"global", histogramGlobal<BINS>},
      {"shared", histogramShared<BINS>},
      {"per warp", histogramPerWarp<BINS>},
  }};

  bool ok = true;
  for (const auto& [name, kernel] : versions) {
    CHECK(cudaMemset(dBins, 0, BINS * sizeof(unsigned int)));
    kernel<<<40, kBlock>>>(dData, data.size(), dBins);
    CHECK_LAUNCH();

    std::array<unsigned int, BINS> bins;
    CHECK(cudaMemcpy(bins.data(), dBins, sizeof bins, cudaMemcpyDeviceToHost));

    size_t total = 0;
    int wrong = 0;
    for (int b = 0; b < BINS; ++b) {
      total += bins[b];
      if (bins[b] != expected[b] && wrong++ < 3)
        std::printf("    bin %d: %u, expected %u\n", b, bins[b], expected[b]);
    }
    std::printf("%-13s %3d bins, %-8s: %zu bytes counted, %d bins wrong\n", label.c_str(), BINS,
                name, total, wrong);
    ok = ok && wrong == 0 && total == data.size();
  }

  CHECK(cudaFree(dBins));
  return ok;
}

int main(int argc, char** argv) {
  const int n = intOption(argc, argv, "n", 150003);
  if (n < 1) {
    std::fprintf(stderr, "n must be positive\n");
    return finish(false);
  }

  std::mt19937 engine(99);
  std::vector<uint8_t> data(n);
  uint8_t* dData = nullptr;
  CHECK(cudaMalloc(&dData, data.size()));

  bool ok = true;
  for (const std::string kind : {"even", "concentrated", "constant"}) {
    std::normal_distribution<float> bell(128.0f, 6.0f);
    for (uint8_t& byte : data) {
      if (kind == "even")
        byte = uint8_t(engine() & 0xff);
      else if (kind == "concentrated")
        byte = uint8_t(std::fmin(255.0f, std::fmax(0.0f, bell(engine))));
      else
        byte = 200;
    }
    CHECK(cudaMemcpy(dData, data.data(), data.size(), cudaMemcpyHostToDevice));
    ok = runAll<256>(kind, data, dData) && ok;
    ok = runAll<64>(kind, data, dData) && ok;
  }

  CHECK(cudaFree(dData));
  return finish(ok);
}
