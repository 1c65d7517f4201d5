// A barrier in a device function that is called from several places, one after the other.
#include "results.h"

__device__ __noinline__ int exchange(int* s_x, int value, unsigned from) {
  s_x[threadIdx.x] = value;
  __syncthreads();
  const int got = s_x[from];
  __syncthreads();
  return got;
}

__global__ void chain(int* out) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x;
  int v = static_cast<int>(t);
  v = exchange(s_x, v, 63 - t);
  v = exchange(s_x, 2 * v, (t + 1) % 64);
  out[t] = exchange(s_x, v + 1, t ^ 32);
}

int main() {
  Array<int> out(64);
  chain<<<1, 64>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(2 * (63 - ((i ^ 32) + 1) % 64) + 1);
  return compare(out.host(), want);
}
