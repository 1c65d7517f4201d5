// A bug: the mask names all 32 lanes, and 12 of them are not there.
#include "check.h"

__global__ void sums(float* out, const float* x, int n) {
  const int i = static_cast<int>(threadIdx.x);
  if (i < n) {
    float value = x[i];
    for (int d = 16; d > 0; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);
    if (i == 0) *out = value;
  }
  __syncthreads();
}

int main() {
  float *x, *out;
  CHECK(cudaMalloc(&x, 20 * sizeof(float)));
  CHECK(cudaMalloc(&out, sizeof(float)));
  CHECK(cudaMemset(x, 0, 20 * sizeof(float)));
  sums<<<1, 32>>>(out, x, 20);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaFree(x));
  CHECK(cudaFree(out));
}
