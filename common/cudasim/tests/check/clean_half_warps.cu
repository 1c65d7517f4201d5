// The halves of a warp take two branches, each with its own mask.
#include "results.h"

__global__ void halves(int* x) {
  __shared__ int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  if (t < 16) {
    __syncwarp(0x0000ffffu);
    x[t] = s_x[15 - t];
  } else {
    __syncwarp(0xffff0000u);
    x[t] = __shfl_sync(0xffff0000u, s_x[47 - t], 20);
  }
}

int main() {
  Array<int> x(numbers(32));
  halves<<<1, 32>>>(x);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) want.push_back(i < 16 ? 15 - i : 27);
  return compare(x.host(), want);
}
