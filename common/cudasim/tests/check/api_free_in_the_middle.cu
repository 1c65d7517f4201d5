// A pointer that was moved on is not the allocation's beginning.
#include "results.h"

int main() {
  float* x = nullptr;
  cudaMalloc(&x, 64);
  cudaFree(x + 1);  // expect: api error count=1
  cudaFree(x);
}
