// Lanes of a warp need not run in step: neighbours need __syncwarp between write and read.
__global__ void neighbour(int* out) {
  __shared__ int s_x[32];
  s_x[threadIdx.x] = 0;
  __syncwarp();
  s_x[threadIdx.x] = static_cast<int>(threadIdx.x);  // expect: race warning
  out[threadIdx.x] = s_x[(threadIdx.x + 1) % 32];
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, 32 * sizeof(int));
  neighbour<<<1, 32>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
