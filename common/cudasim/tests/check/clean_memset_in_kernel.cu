// memset and memcpy in device code, by single threads, with barriers around them.
#include "results.h"

__global__ void blocks(int* out) {
  __shared__ int s_a[32], s_b[32];
  const unsigned t = threadIdx.x;
  if (t == 0) memset(s_a, 0, sizeof s_a);
  __syncthreads();
  s_a[t] += static_cast<int>(t);
  __syncthreads();
  if (t == 31) memcpy(s_b, s_a, sizeof s_b);
  __syncthreads();
  out[t] = s_b[31 - t];
}

int main() {
  Array<int> out(32);
  blocks<<<1, 32>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) want.push_back(31 - i);
  return compare(out.host(), want);
}
