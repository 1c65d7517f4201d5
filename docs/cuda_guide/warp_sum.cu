// A warp adds 32 numbers without shared memory and without a barrier: lanes read each other's registers.
#include "check.h"

__device__ float warp_sum(float value) {
  for (int d = 16; d > 0; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);
  return value;  // the whole sum in lane 0; the other lanes hold parts of it
}

__global__ void sums(float* out, const float* x) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const float sum = warp_sum(x[i]);
  if (threadIdx.x % warpSize == 0) out[i / warpSize] = sum;
}

int main() {
  float *x, *out;
  CHECK(cudaMallocManaged(&x, 128 * sizeof(float)));
  CHECK(cudaMallocManaged(&out, 4 * sizeof(float)));
  for (int i = 0; i < 128; ++i) x[i] = static_cast<float>(i);
  sums<<<1, 128>>>(out, x);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  for (int w = 0; w < 4; ++w) std::printf("warp %d: %g\n", w, static_cast<double>(out[w]));
  CHECK(cudaFree(x));
  CHECK(cudaFree(out));
}
