// The launch counts elements, not bytes.
#include "results.h"

__global__ void fill(int* out) {
  extern __shared__ int s_x[];
  s_x[threadIdx.x] = static_cast<int>(threadIdx.x);  // expect: memory error if t.x >= 8
  __syncthreads();
  if (threadIdx.x < 8) out[threadIdx.x] = s_x[threadIdx.x];
}

int main() {
  Array<int> out(32);
  fill<<<1, 32, 32>>>(out);
  cudaDeviceSynchronize();
}
