// Pinned host memory that kernels read and write in place.
#include "results.h"

__global__ void twice(int* out, const int* x) { out[threadIdx.x] = 2 * x[threadIdx.x]; }

int main() {
  int *x = nullptr, *out = nullptr, *d_x = nullptr, *d_out = nullptr;
  cudaHostAlloc(reinterpret_cast<void**>(&x), 32 * sizeof(int), cudaHostAllocMapped);
  cudaHostAlloc(reinterpret_cast<void**>(&out), 32 * sizeof(int), cudaHostAllocMapped);
  cudaHostGetDevicePointer(reinterpret_cast<void**>(&d_x), x, 0);
  cudaHostGetDevicePointer(reinterpret_cast<void**>(&d_out), out, 0);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) {
    x[i] = i;
    want.push_back(2 * i);
  }
  twice<<<1, 32>>>(d_out, d_x);
  cudaDeviceSynchronize();
  const int status = compare(std::vector<int>(out, out + 32), want);
  cudaFreeHost(x);
  cudaFreeHost(out);
  return status;
}
