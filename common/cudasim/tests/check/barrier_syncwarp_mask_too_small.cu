// The mask names 16 lanes, and all 32 call.
#include "results.h"

__global__ void swap(int* x) {
  __shared__ int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  __syncwarp(0x0000ffffu);  // expect: barrier error if t.x >= 16
  x[t] = s_x[t];
}

int main() {
  Array<int> x(numbers(32));
  swap<<<1, 32>>>(x);
  cudaDeviceSynchronize();
}
