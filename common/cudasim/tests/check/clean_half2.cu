// Two halves in a word: read and written together, or one by one by two threads.
#include <cuda_fp16.h>

#include "results.h"

__global__ void scale(__half* x) {
  __shared__ __half2 s_x[32];
  const unsigned t = threadIdx.x;
  reinterpret_cast<__half*>(s_x)[t] = x[t];
  __syncthreads();
  if (t < 32) s_x[t] = __hadd2(s_x[t], s_x[t]);
  __syncthreads();
  x[t] = reinterpret_cast<__half*>(s_x)[63 - t];
}

int main() {
  std::vector<__half> host;
  for (int i = 0; i < 64; ++i) host.push_back(__float2half(static_cast<float>(i)));
  Array<__half> x(host);
  scale<<<1, 64>>>(x);
  std::vector<float> got, want;
  for (const __half h : x.host()) got.push_back(__half2float(h));
  for (int i = 0; i < 64; ++i) want.push_back(static_cast<float>(2 * (63 - i)));
  return compare(got, want);
}
