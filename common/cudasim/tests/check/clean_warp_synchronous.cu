// __syncwarp between each write and read, and a partial mask.
__global__ void scan(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x, lane = t % 32;
  s_x[t] = x[t];
  __syncwarp();
  for (unsigned d = 1; d < 32; d *= 2) {
    const int left = lane >= d ? s_x[t - d] : 0;
    __syncwarp();
    s_x[t] += left;
    __syncwarp();
  }
  if (lane < 16) {
    s_x[t] += 1;
    __syncwarp(0xffffu);
    x[t] = s_x[t ^ 1];
  }
}

int main() {
  int host[64], *x = nullptr;
  for (int& v : host) v = 1;
  cudaMalloc(&x, sizeof host);
  cudaMemcpy(x, host, sizeof host, cudaMemcpyHostToDevice);
  scan<<<1, 64>>>(x);
  cudaMemcpy(host, x, sizeof host, cudaMemcpyDeviceToHost);
  cudaFree(x);
  return host[0] == 3 ? 0 : 3;
}
