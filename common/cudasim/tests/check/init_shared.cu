// The tail of the tile is read, but only its beginning was written.
__global__ void tile(float* out, int n) {
  __shared__ float s_x[64];
  if (static_cast<int>(threadIdx.x) < n) s_x[threadIdx.x] = 1.0f;
  __syncthreads();
  out[threadIdx.x] = s_x[threadIdx.x];  // expect: init error
}

int main() {
  float* out = nullptr;
  cudaMalloc(&out, 64 * sizeof(float));
  tile<<<1, 64>>>(out, 60);
  cudaDeviceSynchronize();
  cudaFree(out);
}
