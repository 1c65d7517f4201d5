// cudaMalloc does not clear memory.
__global__ void sum(int* out, const int* in) {
  atomicAdd(out, in[threadIdx.x]);  // expect: init error
}

int main() {
  int *in = nullptr, *out = nullptr;
  cudaMalloc(&in, 32 * sizeof(int));
  cudaMalloc(&out, sizeof(int));
  cudaMemset(out, 0, sizeof(int));
  cudaMemset(in, 0, 16 * sizeof(int));
  sum<<<1, 32>>>(out, in);
  cudaDeviceSynchronize();
  cudaFree(in);
  cudaFree(out);
}
