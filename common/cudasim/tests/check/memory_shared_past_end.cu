// One element too few.
#include "results.h"

__global__ void shift(int* out) {
  __shared__ int s_x[32];
  s_x[threadIdx.x] = 1;  // expect: memory error thread=(32,0,0)
  __syncthreads();
  out[threadIdx.x] = s_x[threadIdx.x % 32];
}

int main() {
  Array<int> out(33);
  shift<<<1, 33>>>(out);
  cudaDeviceSynchronize();
}
