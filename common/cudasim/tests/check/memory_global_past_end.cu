// The guard of the last, partly filled block is missing.
#include "results.h"

__global__ void add_one(float* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  static_cast<void>(n);
  x[i] += 1.0f;  // expect: memory error thread=(8,0,0)
}

int main() {
  Array<float> x(std::vector<float>(1000, 0.0f));
  add_one<<<31, 32>>>(x, 1000);  // 992 threads: in bounds
  add_one<<<1, 9>>>(x + 992, 8);
  cudaDeviceSynchronize();
}
