// The tail of the tile is read, but only its beginning was written.
#include "results.h"

__global__ void tile(float* out, int n) {
  __shared__ float s_x[64];
  if (static_cast<int>(threadIdx.x) < n) s_x[threadIdx.x] = 1.0f;
  __syncthreads();
  out[threadIdx.x] = s_x[threadIdx.x];  // expect: init error count=4 if t.x >= 60
}

int main() {
  Array<float> out(64);
  tile<<<1, 64>>>(out, 60);
  cudaDeviceSynchronize();
}
