// The host fills an array of cudaMalloc with a loop.
#include "results.h"

int main() {
  int* x = nullptr;
  cudaMalloc(&x, 4 * sizeof(int));
  for (int i = 0; i < 4; ++i) {
    x[i] = i;  // expect: memory error count=4
  }
  cudaFree(x);
}
