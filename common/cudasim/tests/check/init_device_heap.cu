// malloc in a kernel does not clear memory.
#include "results.h"

__global__ void scratch(int* out) {
  int* x = static_cast<int*>(malloc(4 * sizeof(int)));
  x[0] = 1;
  out[0] = x[0] + x[1];  // expect: init error thread=(0,0,0)
  free(x);
}

int main() {
  Array<int> out(1);
  scratch<<<1, 1>>>(out);
  cudaDeviceSynchronize();
}
