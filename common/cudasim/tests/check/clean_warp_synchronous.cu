// __syncwarp between each write and read, and a partial mask.
#include "results.h"

__global__ void scan(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x, lane = t % 32;
  s_x[t] = x[t];
  __syncwarp();
  for (unsigned d = 1; d < 32; d *= 2) {
    const int left = lane >= d ? s_x[t - d] : 0;
    __syncwarp();
    s_x[t] += left;
    __syncwarp();
  }
  if (lane < 16) {
    s_x[t] += 1;
    __syncwarp(0xffffu);
    x[t] = s_x[t ^ 1];
  }
}

int main() {
  Array<int> x(std::vector<int>(64, 1));
  scan<<<1, 64>>>(x);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(i % 32 < 16 ? (i ^ 1) % 32 + 2 : 1);
  return compare(x.host(), want);
}
