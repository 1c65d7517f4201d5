// cudaMemset counts bytes; 32 of them are the first eight ints.
#include "results.h"

__global__ void sum(int* out, const int* x) {
  out[threadIdx.x] = x[threadIdx.x] + 1;  // expect: init error count=24 if t.x >= 8
}

int main() {
  Array<int> x(32), out(32);
  cudaMemset(x, 0, 32);
  sum<<<1, 32>>>(out, x);
  cudaDeviceSynchronize();
}
