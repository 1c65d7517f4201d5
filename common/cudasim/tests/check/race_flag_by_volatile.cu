// A volatile flag is no synchronisation: the guide asks for atomics and fences, or a barrier.
#include "results.h"

__global__ void hand_over(int* out) {
  __shared__ volatile int s_ready;
  if (threadIdx.x == 0) s_ready = 0;
  __syncthreads();
  if (threadIdx.x == 0) {
    s_ready = 1;  // expect: race error thread=(0,0,0) other=(32,0,0)
  }
  if (threadIdx.x == 32) {
    *out = s_ready;  // against
  }
}

int main() {
  Array<int> out(1);
  hand_over<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
