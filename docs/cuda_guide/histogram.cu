// Counting with atomics: in shared memory first, where they are cheap, then once a block in global memory.
#include <vector>

#include "check.h"

constexpr unsigned kBins = 10;

__global__ void histogram(unsigned* counts, const unsigned char* x, unsigned n) {
  __shared__ unsigned local[kBins];
  if (threadIdx.x < kBins) local[threadIdx.x] = 0;
  __syncthreads();
  // A grid-stride loop: any number of blocks does all of x.
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    atomicAdd(&local[x[i]], 1u);
  }
  __syncthreads();
  if (threadIdx.x < kBins) atomicAdd(&counts[threadIdx.x], local[threadIdx.x]);
}

int main() {
  const unsigned n = 100000;
  std::vector<unsigned char> x(n);
  std::vector<unsigned> want(kBins), got(kBins);
  for (unsigned i = 0; i < n; ++i) {
    x[i] = static_cast<unsigned char>(i * i % 97 % kBins);
    ++want[x[i]];
  }
  unsigned char* device_x;
  unsigned* counts;
  CHECK(cudaMalloc(&device_x, n));
  CHECK(cudaMalloc(&counts, kBins * sizeof(unsigned)));
  CHECK(cudaMemcpy(device_x, x.data(), n, cudaMemcpyHostToDevice));
  CHECK(cudaMemset(counts, 0, kBins * sizeof(unsigned)));
  histogram<<<8, 128>>>(counts, device_x, n);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(got.data(), counts, kBins * sizeof(unsigned), cudaMemcpyDeviceToHost));
  for (unsigned b = 0; b < kBins; ++b) std::printf("%u: %5u\n", b, got[b]);
  CHECK(cudaFree(device_x));
  CHECK(cudaFree(counts));
  return got != want;
}
