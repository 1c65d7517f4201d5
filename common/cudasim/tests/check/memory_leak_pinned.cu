// Pinned memory is not freed at the end of a scope.
#include "results.h"

int main() {
  float* x = nullptr;
  cudaMallocHost(&x, 64 * sizeof(float));  // expect: memory warning count=1
  x[0] = 1.0f;
}
