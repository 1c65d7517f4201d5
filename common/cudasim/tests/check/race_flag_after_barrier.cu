// The result is stored by thread 0 after the barrier, and read by another warp at once.
#include "results.h"

__global__ void broadcast(int* out) {
  __shared__ int s_value;
  if (threadIdx.x == 0) s_value = 1;
  __syncthreads();
  if (threadIdx.x == 0) {
    s_value = 2;  // expect: race error thread=(0,0,0) other=(40,0,0)
  }
  if (threadIdx.x == 40) {
    *out = s_value;  // against
  }
}

int main() {
  Array<int> out(1);
  broadcast<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
