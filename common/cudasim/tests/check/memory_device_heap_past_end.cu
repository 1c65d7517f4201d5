// malloc in a kernel: four ints were asked for, the fifth is written.
#include "results.h"

__global__ void scratch(int* out) {
  int* x = static_cast<int*>(malloc(4 * sizeof(int)));
  for (int i = 0; i <= 4; ++i) {
    x[i] = i;  // expect: memory error thread=(0,0,0)
  }
  *out = x[3];
  free(x);
}

int main() {
  Array<int> out(1);
  scratch<<<1, 1>>>(out);
  cudaDeviceSynchronize();
}
