// The tree reduction's classic: no barrier between rounds.
#include "results.h"

__global__ void block_sum(int* out, const int* in) {
  __shared__ int s_sum[128];
  s_sum[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  for (unsigned d = 64; d > 0; d /= 2) {
    if (threadIdx.x < d) {
      // expect: race error if t.x == o.x + 32
      // expect: race warning if t.x - o.x in (1, 2, 4, 8, 16)
      s_sum[threadIdx.x] += s_sum[threadIdx.x + d];
    }
  }
  if (threadIdx.x == 0) *out = s_sum[0];
}

int main() {
  Array<int> in(numbers(128)), out(1);
  block_sum<<<1, 128>>>(out, in);
  cudaDeviceSynchronize();
}
