// The lower half waits for all 32 lanes, the upper half for itself alone.
#include "results.h"

__global__ void vote(unsigned* out) {
  const unsigned mask = threadIdx.x < 16 ? 0xffffffffu : 0xffff0000u;
  // expect: barrier error if t.x < 16 and o.x >= 16
  const unsigned votes = __ballot_sync(mask, 1);  // against
  __syncthreads();                                // against
  out[threadIdx.x] = votes;
}

int main() {
  Array<unsigned> out(32);
  vote<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
