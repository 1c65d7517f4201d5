// 77 threads: the last warp has 13 lanes, and the reduction's tree has no power of two.
#include "results.h"

__global__ void block_max(int* out, const int* x) {
  __shared__ int s_x[77];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  __syncthreads();
  for (unsigned n = blockDim.x; n > 1; n = (n + 1) / 2) {
    const unsigned half = (n + 1) / 2;
    if (t + half < n) s_x[t] = max(s_x[t], s_x[t + half]);
    __syncthreads();
  }
  out[t] = s_x[0] + __syncthreads_count(1);
}

int main() {
  std::vector<int> host;
  for (int i = 0; i < 77; ++i) host.push_back(i * 37 % 77);
  Array<int> x(host), out(77);
  block_max<<<1, 77>>>(out, x);
  return compare(out.host(), std::vector<int>(77, 76 + 77));
}
