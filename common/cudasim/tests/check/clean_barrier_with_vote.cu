// __syncthreads_or ends the loop for all threads in the same round.
#include "results.h"

__global__ void sort(int* x) {
  __shared__ int s_x[65];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  if (t == 0) s_x[64] = 0x7fffffff;
  __syncthreads();
  bool changed = true;
  for (unsigned round = 0; changed; ++round) {
    bool mine = false;
    for (unsigned phase = 0; phase < 2; ++phase) {
      if (t % 2 == phase && s_x[t] > s_x[t + 1]) {
        const int left = s_x[t];
        s_x[t] = s_x[t + 1];
        s_x[t + 1] = left;
        mine = true;
      }
      __syncthreads();
    }
    changed = __syncthreads_or(mine) != 0;
  }
  x[t] = s_x[t];
}

int main() {
  std::vector<int> host;
  for (int i = 0; i < 64; ++i) host.push_back(i * 37 % 64);
  Array<int> x(host);
  sort<<<1, 64>>>(x);
  return compare(x.host(), numbers(64));
}
