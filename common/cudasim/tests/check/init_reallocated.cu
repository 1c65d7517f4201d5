// Freeing and allocating anew keeps nothing, even where the size is the same.
#include "results.h"

__global__ void read(int* out, const int* x) {
  out[threadIdx.x] = x[threadIdx.x];  // expect: init error count=8
}

int main() {
  Array<int> out(8);
  int* x = nullptr;
  cudaMalloc(&x, 8 * sizeof(int));
  cudaMemset(x, 0, 8 * sizeof(int));
  cudaFree(x);
  cudaMalloc(&x, 8 * sizeof(int));
  read<<<1, 8>>>(out, x);
  cudaDeviceSynchronize();
  cudaFree(x);
}
