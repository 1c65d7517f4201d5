// Thread 0 waits at another kind of barrier than the rest of its block.
#include "results.h"

__global__ void count(int* out) {
  if (threadIdx.x == 0) {
    *out = __syncthreads_count(1);  // against
  } else {
    __syncthreads();  // expect: barrier error other=(0,0,0)
  }
}

int main() {
  Array<int> out(1);
  count<<<1, 40>>>(out);
  cudaDeviceSynchronize();
}
