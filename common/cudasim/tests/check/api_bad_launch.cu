// More threads than a block may have, and nobody asks.
__global__ void nothing() {}

int main() {
  nothing<<<1, 2048>>>();  // expect: api error
  cudaDeviceSynchronize();
}
