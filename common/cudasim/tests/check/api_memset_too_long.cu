// Twice the size: sizeof(double) for an array of floats.
#include "results.h"

int main() {
  float* x = nullptr;
  cudaMalloc(&x, 16 * sizeof(float));
  cudaMemset(x, 0, 16 * sizeof(double));  // expect: api error count=1
  cudaFree(x);
}
