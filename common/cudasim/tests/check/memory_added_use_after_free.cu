// The array was freed one line too early.
__global__ void twice(float* x) {
  x[threadIdx.x] *= 2.0f;  // expect: memory error thread=(0,0,0)
}

int main() {
  float* x = nullptr;
  cudaMalloc(&x, 32 * sizeof(float));
  cudaMemset(x, 0, 32 * sizeof(float));
  cudaFree(x);
  twice<<<1, 1>>>(x);
  cudaDeviceSynchronize();
}
