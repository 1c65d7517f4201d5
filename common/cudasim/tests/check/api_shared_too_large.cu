// More than 48 KiB of dynamic shared memory must be asked for with cudaFuncSetAttribute.
#include "results.h"

__global__ void fill(int* out) {
  extern __shared__ int s_x[];
  s_x[threadIdx.x] = 1;
  out[threadIdx.x] = s_x[threadIdx.x];
}

int main() {
  Array<int> out(32);
  fill<<<1, 32, 64 * 1024>>>(out);  // expect: api error count=1
  cudaDeviceSynchronize();
}
