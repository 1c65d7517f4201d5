// Pinned memory is freed before the kernel that writes to it was launched.
#include "results.h"

__global__ void fill(int* x) {
  *x = 1;  // expect: memory error thread=(0,0,0)
}

int main() {
  int* x = nullptr;
  cudaMallocHost(&x, 64);
  cudaFreeHost(x);
  fill<<<1, 1>>>(x);
  cudaDeviceSynchronize();
}
