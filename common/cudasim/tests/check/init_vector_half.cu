// A vector of two ints, of which only the first was written.
#include "results.h"

__global__ void sum(int* out) {
  __shared__ int2 s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t].x = 1;
  __syncthreads();
  const int2 pair = s_x[31 - t];  // expect: init error
  out[t] = pair.x + pair.y;
}

int main() {
  Array<int> out(32);
  sum<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
