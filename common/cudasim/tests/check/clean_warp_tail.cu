// A reduction whose last six rounds are one warp's: __syncwarp between reading and writing.
#include "results.h"

__global__ void block_sum(int* out, const int* x) {
  __shared__ int s_x[128];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  __syncthreads();
  if (t < 64) s_x[t] += s_x[t + 64];
  __syncthreads();
  if (t < 32) {
    int v = s_x[t] + s_x[t + 32];
    for (unsigned d = 16; d > 0; d /= 2) {
      s_x[t] = v;
      __syncwarp();
      v += s_x[(t + d) % 32];
      __syncwarp();
    }
    if (t == 0) *out = v;
  }
}

int main() {
  Array<int> x(numbers(128)), out(1);
  block_sum<<<1, 128>>>(out, x);
  return compare(out.host(), {127 * 64});
}
