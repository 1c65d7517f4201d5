// Lanes of one warp meet at __syncwarp in different lines: allowed, where the masks agree.
#include "results.h"

__global__ void exchange(int* x) {
  __shared__ int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  if (t % 2 == 0) {
    __syncwarp();
    x[t] = s_x[t + 1];
  } else {
    __syncwarp();
    x[t] = s_x[t - 1];
  }
}

int main() {
  Array<int> x(numbers(32));
  exchange<<<1, 32>>>(x);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) want.push_back(i ^ 1);
  return compare(x.host(), want);
}
