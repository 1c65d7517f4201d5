// Lane 5 is not in the mask it passes.
__global__ void shuffle(int* out) {
  const unsigned mask = threadIdx.x == 5 ? 0xffffffdfu & ~0x20u : 0x20u;
  if (threadIdx.x == 5)
    out[0] = __shfl_sync(mask & 0x40u, 1, 5);  // expect: barrier error thread=(5,0,0)
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, sizeof(int));
  shuffle<<<1, 6>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
