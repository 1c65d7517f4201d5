// A __device__ array has 16 elements; thread 16 writes the seventeenth.
#include "results.h"

__device__ int d_x[16];
__device__ int d_y[16];

__global__ void fill() {
  d_x[threadIdx.x] = 1;  // expect: memory error thread=(16,0,0) count=1
  if (threadIdx.x < 16) d_y[threadIdx.x] = 2;
}

int main() {
  fill<<<1, 17>>>();
  cudaDeviceSynchronize();
}
