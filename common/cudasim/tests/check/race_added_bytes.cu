// Each thread writes one byte of a word and reads its neighbour's: different bytes do not race, the same do.
__global__ void bytes(unsigned char* out) {
  __shared__ unsigned char s_x[64];
  s_x[threadIdx.x] = 0;
  __syncthreads();
  s_x[threadIdx.x] += 1;
  __syncthreads();
  s_x[threadIdx.x] = static_cast<unsigned char>(threadIdx.x);  // expect: race error|race warning
  out[threadIdx.x] = s_x[(threadIdx.x + 4) % 64];
}

int main() {
  unsigned char* out = nullptr;
  cudaMalloc(&out, 64);
  bytes<<<1, 64>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
