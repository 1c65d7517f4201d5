// Each half of the warp synchronises by itself, then the halves exchange.
#include "results.h"

__global__ void exchange(int* x) {
  __shared__ int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = 0;
  __syncwarp();
  s_x[t] = x[t];  // expect: race warning if o.x == t.x ^ 16
  __syncwarp(t < 16 ? 0x0000ffffu : 0xffff0000u);
  x[t] = s_x[t ^ 16];  // against
}

int main() {
  Array<int> x(numbers(32));
  exchange<<<1, 32>>>(x);
  cudaDeviceSynchronize();
}
