// The mask was right before the branch; within it only half of the lanes it names come.
#include "results.h"

__global__ void kept(int* out) {
  const unsigned mask = __ballot_sync(0xffffffffu, 1);
  int v = static_cast<int>(threadIdx.x);
  if (threadIdx.x % 2 == 0) {
    v = __shfl_sync(mask, v, 0);  // expect: barrier error if t.x % 2 == 0 and o.x % 2 == 1
  } else {
    __syncthreads();  // against
  }
  out[threadIdx.x] = v;
}

int main() {
  Array<int> out(32);
  kept<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
