// cudaMallocPitch gives the distance of rows in bytes; here it counts floats.
#include "results.h"

__global__ void fill(float* x, size_t pitch) {
  x[threadIdx.y * pitch + threadIdx.x] = 1.0f;  // expect: memory error if t.y >= 1
}

int main() {
  float* x = nullptr;
  size_t pitch = 0;
  cudaMallocPitch(reinterpret_cast<void**>(&x), &pitch, 8 * sizeof(float), 4);
  fill<<<1, dim3(8, 4)>>>(x, pitch);
  cudaDeviceSynchronize();
  cudaFree(x);
}
