// The kernel's grid is one block too small: the last elements are never written, and the host copies
// them with the others.
#include "results.h"

__global__ void fill(int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] = i;
}

int main() {
  const int n = 1000;
  int* x = nullptr;
  std::vector<int> host(n);
  cudaMalloc(&x, n * sizeof(int));
  fill<<<n / 256, 256>>>(x, n);
  cudaMemcpy(host.data(), x, n * sizeof(int), cudaMemcpyDeviceToHost);  // expect: init warning
  cudaFree(x);
}
