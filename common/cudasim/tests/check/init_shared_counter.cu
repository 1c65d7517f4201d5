// A counter in shared memory does not begin at zero.
#include "results.h"

__global__ void count(int* out) {
  __shared__ int s_count;
  atomicAdd(&s_count, 1);  // expect: init error block=(0,0,0) count=1
  __syncthreads();
  if (threadIdx.x == 0) *out = s_count;
}

int main() {
  Array<int> out(1);
  count<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
