// A histogram in shared memory: atomics do not race with atomics.
#include "results.h"

__global__ void histogram(int* bins, const unsigned char* x, int n) {
  __shared__ int s_bins[8];
  if (threadIdx.x < 8) s_bins[threadIdx.x] = 0;
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) {
    atomicAdd(&s_bins[x[i] % 8], 1);
  }
  __syncthreads();
  if (threadIdx.x < 8) atomicAdd(&bins[threadIdx.x], s_bins[threadIdx.x]);
}

int main() {
  std::vector<unsigned char> host;
  for (int i = 0; i < 500; ++i) host.push_back(static_cast<unsigned char>(i));
  std::vector<int> want(8, 0);
  for (const unsigned char v : host) want[v % 8] += 3;
  Array<unsigned char> x(host);
  Array<int> bins(std::vector<int>(8, 0));
  histogram<<<3, 70>>>(bins, x, 500);
  return compare(bins.host(), want);
}
