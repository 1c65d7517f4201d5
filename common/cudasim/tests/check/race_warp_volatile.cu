// Code from before independent thread scheduling: volatile keeps no order between lanes.
#include "results.h"

__global__ void warp_sum(int* x) {
  __shared__ volatile int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  __syncwarp();
  if (t < 16) {
    s_x[t] = s_x[t] + s_x[t + 16];  // expect: race warning if t.x == o.x + 8
  }
  if (t < 8) {
    s_x[t] = s_x[t] + s_x[t + 8];  // against
  }
  if (t == 0) x[0] = s_x[0];
}

int main() {
  Array<int> x(numbers(32));
  warp_sum<<<1, 32>>>(x);
  cudaDeviceSynchronize();
}
