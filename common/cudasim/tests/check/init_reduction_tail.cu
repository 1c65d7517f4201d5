// A block of 48 threads folds 64 elements: the last 16 were never written.
#include "results.h"

__global__ void fold(int* out) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x;
  s_x[t] = 1;
  __syncthreads();
  if (t < 32) {
    s_x[t] += s_x[t + 32];  // expect: init error count=16 if 16 <= t.x < 32
  }
  __syncthreads();
  if (t == 0) *out = s_x[0];
}

int main() {
  Array<int> out(1);
  fold<<<1, 48>>>(out);
  cudaDeviceSynchronize();
}
