// The copy moves 20 of 24 elements.
#include "results.h"

__global__ void twice(int* out, const int* x) {
  out[threadIdx.x] = 2 * x[threadIdx.x];  // expect: init error count=4 if t.x >= 20
}

int main() {
  const std::vector<int> host = numbers(24);
  Array<int> x(24), out(24);
  cudaMemcpy(x, host.data(), 20 * sizeof(int), cudaMemcpyHostToDevice);
  twice<<<1, 24>>>(out, x);
  cudaDeviceSynchronize();
}
