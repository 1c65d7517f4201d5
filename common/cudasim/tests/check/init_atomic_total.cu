// The total that all blocks add to was never set to zero.
#include "results.h"

__global__ void total(int* out) {
  if (threadIdx.x == 3) {
    atomicAdd(out, 1);  // expect: init error block=(0,0,0) thread=(3,0,0) count=1
  }
}

int main() {
  Array<int> out(1);
  total<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
