// Only the elements that are read were written, in global and in shared memory.
#include "results.h"

__global__ void even(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x;
  if (t % 2 == 0) s_x[t] = static_cast<int>(t);
  __syncthreads();
  if (t % 2 == 1) x[t] = s_x[t - 1];
}
__global__ void odd(int* out, const int* x) { out[threadIdx.x] = x[2 * threadIdx.x + 1]; }

int main() {
  Array<int> x(64), out(32);
  even<<<1, 64>>>(x);
  odd<<<1, 32>>>(out, x);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) want.push_back(2 * i);
  return compare(out.host(), want);
}
