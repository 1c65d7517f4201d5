// Two barriers in two branches of one block.
#include "results.h"

__global__ void two_ways(int* out) {
  if (threadIdx.x < 32) {
    out[threadIdx.x] = 1;
    __syncthreads();  // against
  } else {
    out[threadIdx.x] = 2;
    __syncthreads();  // expect: barrier error if t.x >= 32 and o.x < 32
  }
}

int main() {
  Array<int> out(64);
  two_ways<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
