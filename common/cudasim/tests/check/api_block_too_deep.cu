// 65 threads in all, but blockDim.z may be 64 at most.
#include "results.h"

__global__ void fill(int* x) { x[threadIdx.z] = 1; }

int main() {
  Array<int> x(65);
  fill<<<1, dim3(1, 1, 65)>>>(x);  // expect: api error count=1
  cudaDeviceSynchronize();
}
