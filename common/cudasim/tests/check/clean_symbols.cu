// Constants and device variables: copied to, copied from, and begun as zero.
#include "results.h"

__constant__ int c_weights[4];
__device__ int d_total;
__device__ int d_calls[3];  // zero at the program's start

__global__ void weigh(const int* x) {
  atomicAdd(&d_total, c_weights[threadIdx.x % 4] * x[threadIdx.x]);
  if (threadIdx.x == 0) d_calls[1] += 1;
}

int main() {
  const std::vector<int> weights = {1, 10, 100, 1000};
  Array<int> x(std::vector<int>(16, 1));
  int total = 7, calls = 0;
  cudaMemcpyToSymbol(c_weights, weights.data(), 4 * sizeof(int));
  cudaMemcpyToSymbol(d_total, &total, sizeof(int));
  weigh<<<1, 16>>>(x);
  weigh<<<1, 16>>>(x);
  cudaMemcpyFromSymbol(&total, d_total, sizeof(int));
  cudaMemcpyFromSymbol(&calls, d_calls, sizeof(int), sizeof(int));
  return compare({total, calls}, std::vector<int>{7 + 8 * 1111, 2});
}
