// The loop's second barrier is missing: a fast warp overwrites the tile that a slow one still
// reads.
#include "results.h"

__global__ void dot(int* out, const int* x, int tiles) {
  __shared__ int s_tile[64];
  const unsigned t = threadIdx.x;
  int sum = 0;
  for (int i = 0; i < tiles; ++i) {
    s_tile[t] = x[i * 64 + static_cast<int>(t)];  // expect: race error if o.x == (t.x + 32) % 64
    __syncthreads();
    sum += s_tile[(t + 32) % 64];  // against
  }
  out[t] = sum;
}

int main() {
  Array<int> x(numbers(192)), out(64);
  dot<<<1, 64>>>(out, x, 3);
  cudaDeviceSynchronize();
}
