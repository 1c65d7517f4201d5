// The address of a local variable of the host is passed, as for an "out" parameter of a function.
#include "results.h"

__global__ void count(int* total) {
  atomicAdd(total, 1);  // expect: memory error thread=(0,0,0)
}

int main() {
  int total = 0;
  count<<<1, 1>>>(&total);
  cudaDeviceSynchronize();
}
