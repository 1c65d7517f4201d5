// One warp fills a tile, fences and raises a flag; the other sees the flag, fences and reads.
#include "results.h"

__global__ void hand_over(int* out) {
  __shared__ int s_tile[32], s_ready;
  const unsigned t = threadIdx.x;
  if (t == 0) s_ready = 0;
  __syncthreads();
  if (t < 32) {
    s_tile[t] = static_cast<int>(3 * t);
    __threadfence_block();
    atomicAdd(&s_ready, 1);
  } else {
    while (atomicAdd(&s_ready, 0) < 32) {
    }
    __threadfence_block();
    out[t - 32] = s_tile[63 - t];
  }
}

int main() {
  Array<int> out(32);
  hand_over<<<1, 64>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) want.push_back(3 * (31 - i));
  return compare(out.host(), want);
}
