// Thread 0 subtracts 1 from an unsigned index: 4294967295, 16 GiB past the array.
#include "results.h"

__global__ void left(int* out, const int* x) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = x[i - 1];  // expect: memory error block=(0,0,0) thread=(0,0,0) count=1
}

int main() {
  Array<int> x(numbers(64)), out(64);
  left<<<2, 32>>>(out, x);
  cudaDeviceSynchronize();
}
