// The value 8 has no bin: the atomic operation leaves the array.
#include "results.h"

__global__ void histogram(int* bins, const int* x) {
  atomicAdd(&bins[x[threadIdx.x]], 1);  // expect: memory error thread=(8,0,0) count=1
}

int main() {
  Array<int> bins(std::vector<int>(8, 0)), x(numbers(9));
  histogram<<<1, 9>>>(bins, x);
  cudaDeviceSynchronize();
}
