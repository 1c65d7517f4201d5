// A stencil whose first thread looks to its left.
#include "results.h"

__global__ void left(int* out, const int* in) {
  out[threadIdx.x] = in[static_cast<int>(threadIdx.x) - 1];  // expect: memory error thread=(0,0,0)
}

int main() {
  Array<int> in(numbers(32)), out(32);
  left<<<1, 32>>>(out, in);
  cudaDeviceSynchronize();
}
