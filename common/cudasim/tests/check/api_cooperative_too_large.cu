// All blocks of a cooperative launch must be resident together; a million cannot be.
#include <cooperative_groups.h>

#include "results.h"

__global__ void meet() { cooperative_groups::this_grid().sync(); }

int main() {
  void* none[] = {nullptr};
  cudaLaunchCooperativeKernel(meet, 1000000, 256, none);  // expect: api error count=1
  cudaDeviceSynchronize();
}
