// threadIdx.y picks the warp: two warps share the cell of threadIdx.x.
#include "results.h"

__global__ void column(int* out) {
  __shared__ int s_x[32];
  // expect: race error if t.x == o.x and t.y != o.y
  s_x[threadIdx.x] = static_cast<int>(threadIdx.y);
  __syncthreads();
  if (threadIdx.y == 0) out[threadIdx.x] = s_x[threadIdx.x];
}

int main() {
  Array<int> out(32);
  column<<<1, dim3(32, 4)>>>(out);
  cudaDeviceSynchronize();
}
