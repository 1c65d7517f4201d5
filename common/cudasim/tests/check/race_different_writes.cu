// Every thread writes its own number to one place.
__global__ void last_wins(int* out) {
  __shared__ int s_winner;
  s_winner = static_cast<int>(threadIdx.x);  // expect: race error|race warning
  __syncthreads();
  out[threadIdx.x] = s_winner;
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, 64 * sizeof(int));
  last_wins<<<1, 64>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
