// A histogram in shared memory: atomics do not race with atomics.
__global__ void histogram(int* bins, const unsigned char* x, int n) {
  __shared__ int s_bins[8];
  if (threadIdx.x < 8) s_bins[threadIdx.x] = 0;
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) {
    atomicAdd(&s_bins[x[i] % 8], 1);
  }
  __syncthreads();
  if (threadIdx.x < 8) atomicAdd(&bins[threadIdx.x], s_bins[threadIdx.x]);
}

int main() {
  unsigned char host[500], *x = nullptr;
  int* bins = nullptr;
  for (int i = 0; i < 500; ++i) host[i] = static_cast<unsigned char>(i);
  cudaMalloc(&x, sizeof host);
  cudaMalloc(&bins, 8 * sizeof(int));
  cudaMemcpy(x, host, sizeof host, cudaMemcpyHostToDevice);
  cudaMemset(bins, 0, 8 * sizeof(int));
  histogram<<<3, 70>>>(bins, x, 500);
  cudaDeviceSynchronize();
  cudaFree(x);
  cudaFree(bins);
}
