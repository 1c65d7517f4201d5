// The index leaves an array of bytes by far more than its length.
#include "results.h"

__global__ void fill(int* out, unsigned stride) {
  __shared__ unsigned char s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = 1;
  if (t == 3) {
    s_x[t * stride] = 2;  // expect: memory error thread=(3,0,0) count=1
  }
  __syncthreads();
  out[t] = s_x[31 - t];
}

int main() {
  Array<int> out(32);
  fill<<<1, 32>>>(out, 64);
  cudaDeviceSynchronize();
}
