// Two buffers and one barrier a round, but the round's parity is forgotten when writing.
#include "results.h"

__global__ void rotate(int* x, int rounds) {
  __shared__ int s_x[2][64];
  const unsigned t = threadIdx.x;
  s_x[0][t] = s_x[1][t] = x[t];
  __syncthreads();
  for (int r = 0; r < rounds; ++r) {
    const int left = s_x[r & 1][(t + 32) % 64];  // against
    s_x[r & 1][t] = left + 1;                    // expect: race error if o.x == (t.x + 32) % 64
    __syncthreads();
  }
  x[t] = s_x[0][t];
}

int main() {
  Array<int> x(numbers(64));
  rotate<<<1, 64>>>(x, 4);
  cudaDeviceSynchronize();
}
