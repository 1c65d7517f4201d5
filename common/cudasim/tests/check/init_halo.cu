// The tile has a halo of one cell at each side, which nobody fills.
#include "results.h"

__global__ void stencil(int* out, const int* x) {
  __shared__ int s_x[66];
  const unsigned t = threadIdx.x;
  s_x[t + 1] = x[t];
  __syncthreads();
  const int left = s_x[t];       // expect: init error thread=(0,0,0) count=1
  const int right = s_x[t + 2];  // expect: init error thread=(63,0,0) count=1
  out[t] = left + right;
}

int main() {
  Array<int> x(numbers(64)), out(64);
  stencil<<<1, 64>>>(out, x);
  cudaDeviceSynchronize();
}
