// The guard of the last, partly filled block is missing.
__global__ void add_one(float* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  static_cast<void>(n);
  x[i] += 1.0f;  // expect: memory error thread=(8,0,0)
}

int main() {
  float* x = nullptr;
  cudaMalloc(&x, 1000 * sizeof(float));
  cudaMemset(x, 0, 1000 * sizeof(float));
  add_one<<<31, 32>>>(x, 1000);  // 992 threads: in bounds
  add_one<<<1, 9>>>(x + 992, 8);
  cudaDeviceSynchronize();
  cudaFree(x);
}
