// block_sum: a tree of sums in shared memory. See block_sum.h.
#include <cuda_runtime.h>

#include "common/check.h"
#include "phase4_cuda/week09_reduction/block_sum.h"

namespace nn::cuda {
namespace {

__global__ void block_sum_kernel(int* y, const int* x, int N) {
  // >>> about 9 lines. README.md, "Sums of blocks".
  __shared__ int s_sum[kSumBlock];
  const int t = static_cast<int>(threadIdx.x);
  const int i = static_cast<int>(blockIdx.x) * kSumBlock + t;
  s_sum[t] = i < N ? x[i] : 0;
  __syncthreads();  // every element is there before any is added
  for (int d = kSumBlock / 2; d > 0; d /= 2) {
    if (t < d) s_sum[t] += s_sum[t + d];
    __syncthreads();  // a round is over before the next one reads what it wrote
  }
  if (t == 0) y[blockIdx.x] = s_sum[0];
  // <<< NN_TODO_KERNEL("block_sum_kernel");
}

}  // namespace

void block_sum(int* d_y, const int* d_x, int N) {
  NN_CHECK(N >= 1, "N = ", N, "; a sum has at least one element");
  // >>> about 2 lines. README.md, "Sums of blocks".
  const int blocks = (N + kSumBlock - 1) / kSumBlock;
  block_sum_kernel<<<blocks, kSumBlock>>>(d_y, d_x, N);
  // <<< NN_TODO("block_sum");
  NN_CHECK_EQ(cudaGetLastError(), cudaSuccess);
}

}  // namespace nn::cuda
