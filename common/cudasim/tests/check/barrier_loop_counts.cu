// A barrier in a loop whose length differs between the threads of a block.
#include "results.h"

__global__ void rounds(int* out) {
  int sum = 0;
  for (unsigned i = 0; i < 1 + threadIdx.x / 32; ++i) {
    sum += static_cast<int>(i);
    __syncthreads();  // against
  }
  out[threadIdx.x] = sum;
  __syncthreads();  // expect: barrier error if t.x < 32 and o.x >= 32
  out[threadIdx.x] += 1;
}

int main() {
  Array<int> out(64);
  rounds<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
