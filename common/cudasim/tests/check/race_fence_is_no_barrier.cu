// __threadfence_block() orders one thread's own accesses; it waits for nobody.
#include "results.h"

__global__ void reverse(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x;
  s_x[t] = 0;
  __syncthreads();
  s_x[t] = x[t];  // expect: race error if o.x == 63 - t.x
  __threadfence_block();
  x[t] = s_x[63 - t];  // against
}

int main() {
  Array<int> x(numbers(64));
  reverse<<<1, 64>>>(x);
  cudaDeviceSynchronize();
}
