// Each thread moves its right neighbour's element: the neighbour may already have moved its own.
#include "results.h"

__global__ void shift(int* x) {
  __shared__ int s_x[65];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  if (t == 0) s_x[64] = 0;
  __syncthreads();
  // expect: race error thread=(32,0,0) other=(31,0,0)
  // expect: race warning if t.x == o.x + 1 and t.x != 32
  s_x[t] = s_x[t + 1];
  __syncthreads();
  x[t] = s_x[t];
}

int main() {
  Array<int> x(numbers(64));
  shift<<<1, 64>>>(x);
  cudaDeviceSynchronize();
}
