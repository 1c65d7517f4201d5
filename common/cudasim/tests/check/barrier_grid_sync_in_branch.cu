// Half of the block waits for the grid, the other half for the block.
#include <cooperative_groups.h>

#include "results.h"

__global__ void phases(int* out) {
  if (threadIdx.x < 32) {
    cooperative_groups::this_grid().sync();  // expect: barrier error if t.x < 32 and o.x >= 32
  } else {
    __syncthreads();  // against
  }
  out[blockIdx.x * 64 + threadIdx.x] = 1;
}

int main() {
  Array<int> out(128);
  int* x = out;
  void* arguments[] = {&x};
  cudaLaunchCooperativeKernel(phases, 2, 64, arguments);
  cudaDeviceSynchronize();
}
