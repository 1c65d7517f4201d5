// Two warps set different bits of the same byte: each reads, changes and writes the whole byte.
#include "results.h"

__global__ void flags(int* out) {
  __shared__ unsigned char s_flags;
  if (threadIdx.x == 0) s_flags = 0;
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    // expect: race error if (t.x, o.x) in ((0, 32), (32, 0))
    s_flags = static_cast<unsigned char>(s_flags | (1u << threadIdx.x / 32));
  }
  __syncthreads();
  if (threadIdx.x == 0) *out = s_flags;
}

int main() {
  Array<int> out(1);
  flags<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
