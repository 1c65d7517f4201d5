// Barriers in branches that whole blocks take alike.
#include "results.h"

__global__ void by_block(int* out) {
  __shared__ int s_x[48];
  const unsigned t = threadIdx.x;
  if (blockIdx.x % 2 == 0) {
    s_x[t] = static_cast<int>(t);
    __syncthreads();
    out[blockIdx.x * 48 + t] = s_x[47 - t];
  } else if (blockIdx.x == 1) {
    s_x[47 - t] = static_cast<int>(t);
    __syncthreads();
    out[blockIdx.x * 48 + t] = s_x[t] + 100;
  } else {
    out[blockIdx.x * 48 + t] = -1;
  }
}

int main() {
  Array<int> out(192);
  by_block<<<4, 48>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 192; ++i) {
    want.push_back(i / 48 == 3 ? -1 : 47 - i % 48 + (i / 48 == 1 ? 100 : 0));
  }
  return compare(out.host(), want);
}
