// Each round allocates, only the last is freed.
#include "results.h"

int main() {
  int* x = nullptr;
  for (int round = 0; round < 4; ++round) {
    cudaMalloc(&x, 64);  // expect: memory warning count=1
    cudaMemset(x, 0, 64);
  }
  cudaFree(x);
}
