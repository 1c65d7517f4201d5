// Kernels of one stream follow each other: no synchronisation on the host is needed between them.
#include "results.h"

__global__ void fill(int* x) {
  x[blockIdx.x * blockDim.x + threadIdx.x] = static_cast<int>(blockIdx.x);
}
__global__ void shift(int* y, const int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  y[i] = x[(i + 50) % n];
}

int main() {
  Array<int> x(200), y(200);
  fill<<<4, 50>>>(x);
  shift<<<2, 100>>>(y, x, 200);
  shift<<<8, 25>>>(x, y, 200);
  std::vector<int> want;
  for (int i = 0; i < 200; ++i) want.push_back((i / 50 + 2) % 4);
  return compare(x.host(), want);
}
