// Between two grid barriers every block reads what another wrote; shared memory outlives the
// barrier.
#include <cooperative_groups.h>

#include "results.h"

__global__ void rotate(int* x, int* y) {
  __shared__ int s_own[32];
  const unsigned t = threadIdx.x, i = blockIdx.x * 32 + t, n = gridDim.x * 32;
  s_own[t] = static_cast<int>(i);
  x[i] = s_own[t] * 2;
  cooperative_groups::this_grid().sync();
  y[i] = x[(i + 32) % n] + s_own[31 - t];
  cooperative_groups::this_grid().sync();
  x[i] = y[n - 1 - i];
}

int main() {
  Array<int> a(128), b(128);
  int *x = a, *y = b;
  void* arguments[] = {&x, &y};
  cudaLaunchCooperativeKernel(rotate, 4, 32, arguments);
  std::vector<int> want;
  for (int i = 127; i >= 0; --i) want.push_back(2 * ((i + 32) % 128) + i / 32 * 32 + 31 - i % 32);
  return compare(a.host(), want);
}
