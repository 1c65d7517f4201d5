// Each thread writes one byte of a word and reads its neighbour's: different bytes do not race, the same do.
__global__ void bytes(unsigned char* out) {
  __shared__ unsigned char s_x[64];
  s_x[threadIdx.x] = 0;
  __syncthreads();
  s_x[threadIdx.x] += 1;
  __syncthreads();
  // expect: race error if t.x == (o.x + 4) % 64 and t.x // 32 != o.x // 32
  // expect: race warning if t.x == (o.x + 4) % 64 and t.x // 32 == o.x // 32
  s_x[threadIdx.x] = static_cast<unsigned char>(threadIdx.x);
  out[threadIdx.x] = s_x[(threadIdx.x + 4) % 64];  // against
}

int main() {
  unsigned char* out = nullptr;
  cudaMalloc(&out, 64);
  bytes<<<1, 64>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
