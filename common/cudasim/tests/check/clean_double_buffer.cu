// Two tiles in turn: one barrier a round is enough.
__global__ void rotate(int* out, int rounds) {
  __shared__ int s_x[2][96];
  const unsigned t = threadIdx.x;
  s_x[0][t] = static_cast<int>(t);
  __syncthreads();
  for (int r = 0; r < rounds; ++r) {
    s_x[(r + 1) & 1][t] = s_x[r & 1][(t + 1) % 96];
    __syncthreads();
  }
  out[t] = s_x[rounds & 1][t];
}

int main() {
  int host[96], *out = nullptr;
  cudaMalloc(&out, sizeof host);
  rotate<<<1, 96>>>(out, 7);
  cudaMemcpy(host, out, sizeof host, cudaMemcpyDeviceToHost);
  cudaFree(out);
  return host[0] == 7 ? 0 : 3;
}
