// The barrier stands before the store it should follow.
#include "results.h"

__global__ void reverse(int* x) {
  __shared__ int s_x[70];
  const unsigned t = threadIdx.x;
  s_x[t] = 0;
  __syncthreads();
  // expect: race error if o.x == 69 - t.x and o.x // 32 != t.x // 32
  // expect: race warning if o.x == 69 - t.x and o.x // 32 == t.x // 32
  s_x[t] = x[t];
  x[t] = s_x[69 - t];  // against
}

int main() {
  Array<int> x(numbers(70));
  reverse<<<1, 70>>>(x);
  cudaDeviceSynchronize();
}
