// Constant memory is read-only in kernels; a cast and a function hide that from the compiler.
#include "results.h"

__constant__ int c_scale[4];

__device__ __noinline__ void set(int* x) {
  *x = 1;  // expect: memory error thread=(0,0,0)
}

__global__ void change() { set(const_cast<int*>(&c_scale[threadIdx.x])); }

int main() {
  change<<<1, 1>>>();
  cudaDeviceSynchronize();
}
