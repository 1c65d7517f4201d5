// Half of the warp shuffles with a full mask, while the other half waits at the block's barrier.
#include "results.h"

__global__ void half(int* out) {
  int v = static_cast<int>(threadIdx.x);
  if (threadIdx.x < 16) {
    v += __shfl_down_sync(0xffffffffu, v, 8);  // expect: barrier error if t.x < 16 and o.x >= 16
  }
  __syncthreads();  // against
  out[threadIdx.x] = v;
}

int main() {
  Array<int> out(32);
  half<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
