// Lane 5 shuffles with a mask that names another lane only.
#include "results.h"

__global__ void shuffle(int* out) {
  if (threadIdx.x == 5) {
    out[0] = __shfl_sync(0x40u, 1, 5);  // expect: barrier error thread=(5,0,0) count=1
  }
}

int main() {
  Array<int> out(1);
  shuffle<<<1, 6>>>(out);
  cudaDeviceSynchronize();
}
