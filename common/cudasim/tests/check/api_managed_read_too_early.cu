// A launch returns at once; the host reads managed memory before it has waited for the kernel.
#include "results.h"

__global__ void fill(int* x) { *x = 42; }

int main() {
  int* x = nullptr;
  cudaMallocManaged(&x, sizeof(int));
  fill<<<1, 1>>>(x);
  const int early = *x;  // expect: api error
  cudaDeviceSynchronize();
  cudaFree(x);
  std::printf("%d\n", early);
}
