// Threads that return before the barrier are legal.
__global__ void reverse(int* x, int n) {
  __shared__ int s_x[64];
  const int i = static_cast<int>(threadIdx.x);
  if (i >= n) return;
  s_x[i] = x[i];
  __syncthreads();
  x[i] = s_x[n - 1 - i];
}

int main() {
  int host[50], *x = nullptr;
  for (int i = 0; i < 50; ++i) host[i] = i;
  cudaMalloc(&x, sizeof host);
  cudaMemcpy(x, host, sizeof host, cudaMemcpyHostToDevice);
  reverse<<<1, 64>>>(x, 50);
  cudaMemcpy(host, x, sizeof host, cudaMemcpyDeviceToHost);
  cudaFree(x);
  return host[0] == 49 ? 0 : 3;
}
