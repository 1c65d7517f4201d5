// All extern __shared__ arrays begin at the same address; these two were meant to lie side by side.
#include "results.h"

__global__ void two_arrays(int* out) {
  extern __shared__ int s_a[];
  extern __shared__ float s_b[];
  const unsigned t = threadIdx.x;
  if (t < 32) {
    s_a[t] = static_cast<int>(t) + 1;  // expect: race error if o.x == t.x + 32
  } else {
    s_b[t - 32] = 0.5f;  // against
  }
  __syncthreads();
  if (t < 32) out[t] = s_a[t];
}

int main() {
  Array<int> out(32);
  two_arrays<<<1, 64, 64 * sizeof(int)>>>(out);
  cudaDeviceSynchronize();
}
