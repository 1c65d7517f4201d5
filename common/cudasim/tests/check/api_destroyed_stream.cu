// The stream is gone when the kernel is launched into it.
#include "results.h"

__global__ void fill(int* x) { x[threadIdx.x] = 1; }

int main() {
  Array<int> x(8);
  cudaStream_t stream;
  cudaStreamCreate(&stream);
  cudaStreamDestroy(stream);
  fill<<<1, 8, 0, stream>>>(x);  // expect: api error count=1
  cudaDeviceSynchronize();
}
