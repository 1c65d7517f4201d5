// The kernel reads its own heap memory after free().
#include "results.h"

__global__ void scratch(int* out) {
  int* x = static_cast<int*>(malloc(4 * sizeof(int)));
  x[0] = 1;
  free(x);
  *out = x[0];  // expect: memory error thread=(0,0,0)
}

int main() {
  Array<int> out(1);
  scratch<<<1, 1>>>(out);
  cudaDeviceSynchronize();
}
