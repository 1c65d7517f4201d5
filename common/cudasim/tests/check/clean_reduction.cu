// Tree in shared memory, then shuffles, then one atomic: no finding.
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
  int host[n], result = 0, *in = nullptr, *out = nullptr;
  for (int i = 0; i < n; ++i) host[i] = i;
  cudaMalloc(&in, sizeof host);
  cudaMalloc(&out, sizeof(int));
  cudaMemcpy(in, host, sizeof host, cudaMemcpyHostToDevice);
  cudaMemset(out, 0, sizeof(int));
  sum<<<4, 256>>>(out, in, n);
  cudaMemcpy(&result, out, sizeof(int), cudaMemcpyDeviceToHost);
  cudaFree(in);
  cudaFree(out);
  return result == n * (n - 1) / 2 ? 0 : 3;
}
