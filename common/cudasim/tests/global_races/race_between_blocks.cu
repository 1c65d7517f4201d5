// Blocks that share a cell of global memory with nothing to order them.
__global__ void last_wins(int* winner) {
  if (threadIdx.x == 0) *winner = static_cast<int>(blockIdx.x);  // expect: race error
}

__global__ void neighbour_tile(int* x) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  x[i] = static_cast<int>(i);                                // expect: race error
  __syncthreads();                                           // of one block only
  if (threadIdx.x == 0 && blockIdx.x > 0) x[i] += x[i - 1];  // expect: race error
}

__device__ unsigned d_count;

__global__ void no_fence(int* partial, int* out) {
  __shared__ bool s_last;
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = 1;  // expect: race error
    s_last = atomicAdd(&d_count, 1u) == gridDim.x - 1;
  }
  __syncthreads();
  if (s_last && threadIdx.x == 0) {
    int sum = 0;
    for (unsigned b = 0; b < gridDim.x; ++b) sum += partial[b];  // expect: race error
    *out = sum;
  }
}

__global__ void one_block(int* x) {
  x[threadIdx.x] = 1;        // expect: race error
  x[threadIdx.x ^ 32] += 1;  // expect: race error
}

int main() {
  int *x = nullptr, *out = nullptr;
  cudaMalloc(&x, 128 * sizeof(int));
  cudaMalloc(&out, sizeof(int));
  cudaMemset(x, 0, 128 * sizeof(int));
  last_wins<<<4, 32>>>(out);
  neighbour_tile<<<4, 32>>>(x);
  no_fence<<<8, 32>>>(x, out);
  one_block<<<1, 64>>>(x);
  cudaDeviceSynchronize();
  cudaFree(x);
  cudaFree(out);
}
