// A mask of nobody.
#include "results.h"

__global__ void nobody(int* out, unsigned mask) {
  if (threadIdx.x == 7) {
    __syncwarp(mask);  // expect: barrier error thread=(7,0,0) count=1
    *out = 1;
  }
}

int main() {
  Array<int> out(1);
  nobody<<<1, 32>>>(out, 0);
  cudaDeviceSynchronize();
}
