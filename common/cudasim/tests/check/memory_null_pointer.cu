// Nobody allocated the output.
#include "results.h"

__global__ void fill(int* x) {
  if (threadIdx.x == 3) x[threadIdx.x] = 1;  // expect: memory error thread=(3,0,0)
}

int main() {
  int* x = nullptr;
  fill<<<1, 8>>>(x);
  cudaDeviceSynchronize();
}
