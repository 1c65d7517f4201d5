// The warp reduction's mask covers eight lanes; lanes 8 to 31 call it as well.
// nvcc: -arch=sm_80
#include "results.h"

__global__ void sum(unsigned* out) {
  // expect: barrier error if t.x >= 8
  const unsigned total = __reduce_add_sync(0xffu, threadIdx.x);
  if (threadIdx.x == 0) *out = total;
}

int main() {
  Array<unsigned> out(1);
  sum<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
