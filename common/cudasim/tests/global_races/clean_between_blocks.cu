// Blocks that share global memory and order what they do: no finding.
#include <cooperative_groups.h>

__device__ unsigned d_finished;
__device__ int d_lock;
__device__ int d_total;

// The last block to finish sums what all threads of the others wrote.
__global__ void last_block(int* partial, int* out) {
  __shared__ bool s_last;
  partial[blockIdx.x * blockDim.x + threadIdx.x] = static_cast<int>(threadIdx.x);
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) s_last = atomicInc(&d_finished, gridDim.x) == gridDim.x - 1;
  __syncthreads();
  if (!s_last) return;
  int sum = 0;
  for (unsigned i = threadIdx.x; i < gridDim.x * blockDim.x; i += blockDim.x) sum += partial[i];
  atomicAdd(out, sum);
  if (threadIdx.x == 0) d_finished = 0;
}

// The same, handed over by one thread for its block.
__global__ void one_thread_hands_over(int* partial, int* out) {
  __shared__ bool s_last;
  partial[blockIdx.x * blockDim.x + threadIdx.x] = 1;
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    s_last = atomicAdd(&d_finished, 1u) == gridDim.x - 1;
  }
  __syncthreads();
  if (s_last && threadIdx.x == 0) {
    for (unsigned i = 0; i < gridDim.x * blockDim.x; ++i) *out += partial[i];
    d_finished = 0;
  }
}

__global__ void lock() {
  if (threadIdx.x != 0) return;
  while (atomicCAS(&d_lock, 0, 1) != 0) {
  }
  __threadfence();
  d_total += 1;
  __threadfence();
  atomicExch(&d_lock, 0);
}

__global__ void grid_barrier(int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  x[i] = i;
  cooperative_groups::this_grid().sync();
  const int left = x[(i + n - 1) % n];
  cooperative_groups::this_grid().sync();
  x[i] = left;
}

__global__ void same_value(int* flag) { *flag = 1; }

// Neighbours in a warp, and in a block.
__global__ void synchronised(int* x) {
  const unsigned t = threadIdx.x;
  x[t] = static_cast<int>(t);
  __syncwarp();
  const int right = x[t ^ 1];
  __syncwarp();
  x[t] = right;
  __syncthreads();
  const int far = x[t ^ 32];
  __syncthreads();
  x[t] = far;
}

int main() {
  int *x = nullptr, *out = nullptr, result = 0, n = 128;
  cudaMalloc(&x, 128 * sizeof(int));
  cudaMalloc(&out, sizeof(int));
  cudaMemset(out, 0, sizeof(int));
  last_block<<<4, 32>>>(x, out);
  one_thread_hands_over<<<4, 32>>>(x, out);
  lock<<<20, 32>>>();
  void* arguments[] = {&x, &n};
  cudaLaunchCooperativeKernel(reinterpret_cast<void*>(grid_barrier), 4, 32, arguments, 0, nullptr);
  synchronised<<<1, 64>>>(x);
  synchronised<<<1, 64>>>(x);
  cudaMemcpy(&result, out, sizeof(int), cudaMemcpyDeviceToHost);
  same_value<<<4, 32>>>(out);
  cudaDeviceSynchronize();
  cudaFree(x);
  cudaFree(out);
  return result == 4 * 31 * 16 + 128 ? 0 : 3;
}
