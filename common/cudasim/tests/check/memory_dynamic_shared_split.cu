// Two arrays in dynamic shared memory, but the launch counts only the first.
#include "results.h"

__global__ void split(int* out, int n) {
  extern __shared__ int s_first[];
  int* s_second = s_first + n;
  if (threadIdx.x == 0) {
    s_first[0] = 1;
    s_second[0] = 2;  // expect: memory error thread=(0,0,0)
    *out = s_first[0];
  }
}

int main() {
  Array<int> out(1);
  split<<<1, 32, 16 * sizeof(int)>>>(out, 16);
  cudaDeviceSynchronize();
}
