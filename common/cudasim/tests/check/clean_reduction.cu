// Tree in shared memory, then shuffles, then one atomic: no finding.
#include "results.h"

__global__ void sum(int* out, const int* in, int n) {
  __shared__ int s_sum[256];
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  s_sum[threadIdx.x] = i < n ? in[i] : 0;
  __syncthreads();
  for (unsigned d = 128; d >= 32; d /= 2) {
    if (threadIdx.x < d) s_sum[threadIdx.x] += s_sum[threadIdx.x + d];
    __syncthreads();
  }
  if (threadIdx.x < 32) {
    int v = s_sum[threadIdx.x];
    for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(0xffffffffu, v, static_cast<unsigned>(d));
    if (threadIdx.x == 0) atomicAdd(out, v);
  }
}

int main() {
  const int n = 1000;
  Array<int> in(numbers(n)), out(std::vector<int>{0});
  sum<<<4, 256>>>(out, in, n);
  return compare(out.host(), {n * (n - 1) / 2});
}
