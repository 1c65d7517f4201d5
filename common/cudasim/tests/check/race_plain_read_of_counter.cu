// Atomic operations do not race with each other, but they do with a plain read.
#include "results.h"

__global__ void count(int* out) {
  __shared__ int s_count;
  if (threadIdx.x == 0) s_count = 0;
  __syncthreads();
  if (threadIdx.x >= 32) {
    atomicAdd(&s_count, 1);  // expect: race error other=(0,0,0) if t.x >= 32
  }
  if (threadIdx.x == 0) {
    *out = s_count;  // against
  }
}

int main() {
  Array<int> out(1);
  count<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
