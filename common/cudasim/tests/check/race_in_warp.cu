// Lanes of a warp need not run in step: neighbours need __syncwarp between write and read.
#include "results.h"

__global__ void neighbour(int* out) {
  __shared__ int s_x[32];
  s_x[threadIdx.x] = 0;
  __syncwarp();
  // expect: race warning if t.x == (o.x + 1) % 32
  s_x[threadIdx.x] = static_cast<int>(threadIdx.x);
  out[threadIdx.x] = s_x[(threadIdx.x + 1) % 32];  // against
}

int main() {
  Array<int> out(32);
  neighbour<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
