// Memory set by cudaMemset and by copies on the device counts as written.
#include "results.h"

__global__ void add(int* out, const int* a, const int* b) {
  out[threadIdx.x] = a[threadIdx.x] + b[threadIdx.x];
}

int main() {
  Array<int> a(40), b(40), c(numbers(20)), out(40);
  cudaMemset(a, 1, 40 * sizeof(int));
  cudaMemcpy(b, c, 20 * sizeof(int), cudaMemcpyDeviceToDevice);
  cudaMemcpyAsync(b + 20, c, 20 * sizeof(int), cudaMemcpyDeviceToDevice);
  add<<<1, 40>>>(out, a, b);
  std::vector<int> want;
  for (int i = 0; i < 40; ++i) want.push_back(0x01010101 + i % 20);
  return compare(out.host(), want);
}
