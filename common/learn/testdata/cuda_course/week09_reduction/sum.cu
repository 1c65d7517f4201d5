// Prints the sum of 1 to 1000, of which block_sum makes the first part: a program of a CUDA phase.
#include <cuda_runtime.h>

#include <cstdio>
#include <vector>

#include "phase4_cuda/week09_reduction/block_sum.h"

__global__ void fill_kernel(int* x, int N) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < N) x[i] = i + 1;
}

int main() {
  constexpr int N = 1000, kBlocks = (N + nn::cuda::kSumBlock - 1) / nn::cuda::kSumBlock;
  int *d_x = nullptr, *d_y = nullptr;
  cudaMalloc(&d_x, N * sizeof(int));
  cudaMalloc(&d_y, kBlocks * sizeof(int));
  fill_kernel<<<(N + 255) / 256, 256>>>(d_x, N);
  nn::cuda::block_sum(d_y, d_x, N);
  std::vector<int> y(kBlocks);
  cudaMemcpy(y.data(), d_y, kBlocks * sizeof(int), cudaMemcpyDeviceToHost);
  int sum = 0;
  for (const int part : y) sum += part;
  std::printf("%d\n", sum);
  cudaFree(d_x);
  cudaFree(d_y);
}
