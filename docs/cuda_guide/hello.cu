// The smallest program with a kernel: one function, run by eight threads.
#include <cstdio>

#include "check.h"

__global__ void hello() {
  std::printf("block %u of %u, thread %u of %u\n", blockIdx.x, gridDim.x, threadIdx.x, blockDim.x);
}

int main() {
  hello<<<2, 4>>>();               // 2 blocks of 4 threads each; the host does not wait
  CHECK(cudaGetLastError());       // was the launch accepted?
  CHECK(cudaDeviceSynchronize());  // now it waits, and what was printed appears
}
