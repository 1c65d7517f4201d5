// Thread 0 clears the counter, and the others count without waiting for it. The last warp counts.
#include "results.h"

__global__ void count(int* out) {
  __shared__ int s_count;
  if (threadIdx.x == 0) {
    s_count = 0;  // expect: race error thread=(0,0,0) if o.x >= 32
  }
  if (threadIdx.x >= 32) {
    // maybe: init error
    atomicAdd(&s_count, 1);  // against
  }
  __syncthreads();
  if (threadIdx.x == 0) *out = s_count;
}

int main() {
  Array<int> out(1);
  count<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
