// Rows of pitched memory end before the pitch; what lies between was never copied.
#include "results.h"

__global__ void sum(int* out, const int* x) {
  out[threadIdx.x] = x[threadIdx.x] + 1;  // expect: init error count=3 if t.x >= 5
}

int main() {
  const std::vector<int> host = numbers(10);
  Array<int> out(8);
  int* x = nullptr;
  size_t pitch = 0;
  cudaMallocPitch(reinterpret_cast<void**>(&x), &pitch, 5 * sizeof(int), 2);
  cudaMemcpy2D(x, pitch, host.data(), 20, 20, 2, cudaMemcpyHostToDevice);
  sum<<<1, 8>>>(out, x);
  cudaDeviceSynchronize();
  cudaFree(x);
}
