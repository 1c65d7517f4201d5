// A bug: 1024 threads for 1000 elements, and nothing stops the last 24.
#include "check.h"

__global__ void fill(float* x, float value) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  x[i] = value;  // where is `if (i < n)`?
}

int main() {
  float* x;
  CHECK(cudaMalloc(&x, 1000 * sizeof(float)));
  fill<<<4, 256>>>(x, 1.0f);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaFree(x));
}
