// Five lanes that are no neighbours vote, exchange and pass data through shared memory.
#include "results.h"

__global__ void five(int* out) {
  __shared__ int s_x[32];
  const unsigned mask = 0x80010412u, lane = threadIdx.x;  // lanes 1, 4, 10, 16, 31
  if ((mask >> lane & 1) == 0) return;
  s_x[lane] = static_cast<int>(lane);
  __syncwarp(mask);
  int sum = 0;
  for (unsigned left = mask; left != 0; left &= left - 1)
    sum += s_x[__ffs(static_cast<int>(left)) - 1];
  const int top = __shfl_sync(mask, static_cast<int>(lane), 31);
  const int all = __all_sync(mask, sum == 62);
  if (lane == 16) *out = sum * 100 + top * all;
}

int main() {
  Array<int> out(1);
  five<<<1, 32>>>(out);
  return compare(out.host(), {6231});
}
