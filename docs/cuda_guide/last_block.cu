// A sum over many blocks in one launch: the block that finishes last adds up what the others left.
#include "check.h"

constexpr unsigned kThreads = 128, kBlocks = 32;

__device__ unsigned done = 0;

__device__ float sum_of_block(float value) {
  __shared__ float partial[kThreads];
  partial[threadIdx.x] = value;
  __syncthreads();
  for (unsigned d = kThreads / 2; d > 0; d /= 2) {
    if (threadIdx.x < d) partial[threadIdx.x] += partial[threadIdx.x + d];
    __syncthreads();
  }
  return partial[0];
}

__global__ void sum(float* total, float* of_block, const float* x) {
  __shared__ bool last;
  const float mine = sum_of_block(x[blockIdx.x * kThreads + threadIdx.x]);
  if (threadIdx.x == 0) {
    of_block[blockIdx.x] = mine;
    __threadfence();  // whoever sees the count below sees this sum as well
    last = atomicAdd(&done, 1u) == kBlocks - 1;
  }
  __syncthreads();
  if (!last) return;
  __threadfence();
  const float all = sum_of_block(threadIdx.x < kBlocks ? of_block[threadIdx.x] : 0.0f);
  if (threadIdx.x == 0) {
    *total = all;
    done = 0;  // ready for the next launch
  }
}

int main() {
  float *x, *of_block, *total;
  CHECK(cudaMallocManaged(&x, kBlocks * kThreads * sizeof(float)));
  CHECK(cudaMallocManaged(&of_block, kBlocks * sizeof(float)));
  CHECK(cudaMallocManaged(&total, sizeof(float)));
  for (unsigned i = 0; i < kBlocks * kThreads; ++i) x[i] = static_cast<float>(i % 7);
  for (int launch = 0; launch < 2; ++launch) {
    sum<<<kBlocks, kThreads>>>(total, of_block, x);
    CHECK(cudaGetLastError());
    CHECK(cudaDeviceSynchronize());
    std::printf("sum %g\n", static_cast<double>(*total));
  }
  CHECK(cudaFree(x));
  CHECK(cudaFree(of_block));
  CHECK(cudaFree(total));
}
