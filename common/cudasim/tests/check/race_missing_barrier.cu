// The tree reduction's classic: no barrier between rounds.
__global__ void block_sum(int* out, const int* in) {
  __shared__ int s_sum[128];
  s_sum[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  for (unsigned d = 64; d > 0; d /= 2) {
    if (threadIdx.x < d)
      s_sum[threadIdx.x] += s_sum[threadIdx.x + d];  // expect: race error|race warning
  }
  if (threadIdx.x == 0) *out = s_sum[0];
}

int main() {
  int *in = nullptr, *out = nullptr;
  cudaMalloc(&in, 128 * sizeof(int));
  cudaMalloc(&out, sizeof(int));
  cudaMemset(in, 0, 128 * sizeof(int));
  block_sum<<<1, 128>>>(out, in);
  cudaDeviceSynchronize();
  cudaFree(in);
  cudaFree(out);
}
