// n / 256 blocks are none where n is small: round up.
#include "results.h"

__global__ void fill(int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] = 1;
}

int main() {
  const int n = 100;
  Array<int> x(n);
  fill<<<n / 256, 256>>>(x, n);  // expect: api error count=1
  cudaDeviceSynchronize();
}
