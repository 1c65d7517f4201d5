// A shared variable at file scope belongs to each block that runs.
__shared__ int s_tile[32];

__global__ void rotate(int* out) {
  s_tile[threadIdx.x] = static_cast<int>(threadIdx.x);
  __syncthreads();
  out[threadIdx.x] = s_tile[(threadIdx.x + 1) % 32];
}

int main() {
  int host[32], *out = nullptr;
  cudaMalloc(&out, sizeof host);
  rotate<<<2, 32>>>(out);
  cudaMemcpy(host, out, sizeof host, cudaMemcpyDeviceToHost);
  cudaFree(out);
  return host[31] == 0 ? 0 : 3;
}
