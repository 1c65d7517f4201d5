// cudaFreeHost is for pinned memory.
#include "results.h"

int main() {
  float* x = nullptr;
  cudaMalloc(&x, 64);
  cudaFreeHost(x);  // expect: api error count=1
  cudaFree(x);
}
