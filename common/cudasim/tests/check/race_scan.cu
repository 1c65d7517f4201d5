// An inclusive scan in place: the barrier is there, but only one a round, where two are needed.
#include "results.h"

__global__ void scan(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  __syncthreads();
  for (unsigned d = 1; d < 64; d *= 2) {
    // expect: race error if o.x - t.x in (1, 2, 4, 8, 16, 32) and o.x // 32 > t.x // 32
    // expect: race warning if o.x - t.x in (1, 2, 4, 8, 16) and o.x // 32 == t.x // 32
    if (t >= d) s_x[t] += s_x[t - d];
    __syncthreads();
  }
  x[t] = s_x[t];
}

int main() {
  Array<int> x(numbers(64));
  scan<<<1, 64>>>(x);
  cudaDeviceSynchronize();
}
