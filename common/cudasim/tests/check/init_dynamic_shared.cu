// Each thread writes one element of dynamic shared memory, and reads two.
#include "results.h"

__global__ void pairs(int* out) {
  extern __shared__ int s_x[];
  const unsigned t = threadIdx.x;
  s_x[t] = 1;
  __syncthreads();
  out[t] = s_x[2 * t];  // expect: init error count=16 if t.x >= 16
}

int main() {
  Array<int> out(32);
  pairs<<<1, 32, 64 * sizeof(int)>>>(out);
  cudaDeviceSynchronize();
}
