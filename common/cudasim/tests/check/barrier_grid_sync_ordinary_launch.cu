// grid.sync() needs cudaLaunchCooperativeKernel; with <<<>>> the blocks need not be resident
// together.
#include <cooperative_groups.h>

#include "results.h"

__global__ void phases(int* out) {
  out[blockIdx.x] = 1;
  cooperative_groups::this_grid().sync();  // expect: barrier error thread=(0,0,0)
  out[blockIdx.x] += 1;
}

int main() {
  Array<int> out(2);
  phases<<<2, 1>>>(out);
  cudaDeviceSynchronize();
}
