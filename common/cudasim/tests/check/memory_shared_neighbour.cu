// The index leaves one shared array and lands in the next: no fault, only wrong results.
#include "results.h"

__global__ void shift(int* out) {
  __shared__ int s_left[32], s_right[32];
  const unsigned t = threadIdx.x;
  s_left[t] = 1;
  s_right[t] = 2;
  __syncthreads();
  out[t] = s_left[t + 1] + s_right[t];  // expect: memory error thread=(31,0,0) count=1
}

int main() {
  Array<int> out(32);
  shift<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
