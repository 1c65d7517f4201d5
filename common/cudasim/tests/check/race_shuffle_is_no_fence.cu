// A shuffle waits for the lanes but orders no memory: the guide says so for all __shfl_sync.
#include "results.h"

__global__ void neighbour(int* x) {
  __shared__ int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = 0;
  __syncwarp();
  s_x[t] = x[t];  // expect: race warning if o.x == (t.x + 31) % 32
  const int right = __shfl_down_sync(0xffffffffu, x[t], 1);
  x[t] = s_x[(t + 1) % 32] + right;  // against
}

int main() {
  Array<int> x(numbers(32));
  neighbour<<<1, 32>>>(x);
  cudaDeviceSynchronize();
}
