// Shared memory belongs to a block: what block 0 stored, the others do not see.
#include "results.h"

__global__ void scale(int* x) {
  __shared__ int s_factor;
  if (blockIdx.x == 0 && threadIdx.x == 0) s_factor = 3;
  __syncthreads();
  x[blockIdx.x * 32 + threadIdx.x] *= s_factor;  // expect: init error count=64 if b.x >= 1
}

int main() {
  Array<int> x(numbers(96));
  scale<<<3, 32>>>(x);
  cudaDeviceSynchronize();
}
