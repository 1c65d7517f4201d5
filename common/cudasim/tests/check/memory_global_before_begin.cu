// A stencil whose first thread looks to its left.
__global__ void left(int* out, const int* in) {
  out[threadIdx.x] = in[static_cast<int>(threadIdx.x) - 1];  // expect: memory error thread=(0,0,0)
}

int main() {
  int *in = nullptr, *out = nullptr;
  cudaMalloc(&in, 32 * sizeof(int));
  cudaMalloc(&out, 32 * sizeof(int));
  cudaMemset(in, 0, 32 * sizeof(int));
  left<<<1, 32>>>(out, in);
  cudaDeviceSynchronize();
  cudaFree(in);
  cudaFree(out);
}
