// Lane 0 votes with a mask from which it is left out.
#include "results.h"

__global__ void vote(unsigned* out) {
  if (threadIdx.x == 0) {
    *out = __ballot_sync(0xfffffffeu, 1);  // expect: barrier error thread=(0,0,0) count=1
  }
}

int main() {
  Array<unsigned> out(1);
  vote<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
