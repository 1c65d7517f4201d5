// The kernel is launched with an array that was freed just before.
#include "results.h"

__global__ void twice(int* x) {
  x[threadIdx.x] *= 2;  // expect: memory error thread=(0,0,0) block=(0,0,0)
}

int main() {
  int* x = nullptr;
  cudaMalloc(&x, sizeof(int));
  cudaMemset(x, 0, sizeof(int));
  cudaFree(x);
  twice<<<1, 1>>>(x);
  cudaDeviceSynchronize();
}
