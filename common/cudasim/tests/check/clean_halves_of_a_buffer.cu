// Two streams work on two halves of one buffer at the same time.
#include "results.h"

__global__ void fill(int* x, int first) { x[threadIdx.x] = first + static_cast<int>(threadIdx.x); }

int main() {
  Array<int> x(100);
  cudaStream_t a, b;
  cudaStreamCreate(&a);
  cudaStreamCreate(&b);
  fill<<<1, 50, 0, a>>>(x, 0);
  fill<<<1, 50, 0, b>>>(x + 50, 50);
  cudaStreamSynchronize(a);
  cudaStreamSynchronize(b);
  cudaStreamDestroy(a);
  cudaStreamDestroy(b);
  return compare(x.host(), numbers(100));
}
