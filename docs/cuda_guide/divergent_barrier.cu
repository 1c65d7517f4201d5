// A bug: a barrier that half of the block never reaches, while it waits at another.
#include "check.h"

__global__ void halves(int* out) {
  __shared__ int s[64];
  const unsigned t = threadIdx.x;
  if (t < 32) {
    s[t] = 1;
    __syncthreads();
  } else {
    s[t] = 2;
    __syncthreads();
  }
  out[t] = s[63 - t];
}

int main() {
  int* out;
  CHECK(cudaMalloc(&out, 64 * sizeof(int)));
  halves<<<1, 64>>>(out);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaFree(out));
}
