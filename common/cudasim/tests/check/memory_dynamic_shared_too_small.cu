// The launch counts elements, not bytes.
__global__ void fill(int* out) {
  extern __shared__ int s_x[];
  s_x[threadIdx.x] = static_cast<int>(threadIdx.x);  // expect: memory error
  __syncthreads();
  if (threadIdx.x < 8) out[threadIdx.x] = s_x[threadIdx.x];
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, 32 * sizeof(int));
  fill<<<1, 32, 32>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
