// Vector loads and stores, with a scalar tail; the same shared array as float4 and as floats.
#include "results.h"

__global__ void scale(float* out, const float* x, int n) {
  __shared__ float4 s_x[8];
  const int t = static_cast<int>(threadIdx.x);
  if (t < n / 4) {
    s_x[t] = reinterpret_cast<const float4*>(x)[t];
  }
  __syncthreads();
  const float* s_flat = reinterpret_cast<const float*>(s_x);
  if (t < n / 4 * 4) out[t] = 2.0f * s_flat[n / 4 * 4 - 1 - t];
  if (t >= n / 4 * 4 && t < n) out[t] = 2.0f * x[t];
}

int main() {
  const int n = 30;
  std::vector<float> host, want;
  for (int i = 0; i < n; ++i) host.push_back(static_cast<float>(i));
  for (int i = 0; i < n; ++i) want.push_back(2.0f * static_cast<float>(i < 28 ? 27 - i : i));
  Array<float> x(host), out(n);
  scale<<<1, 32>>>(out, x, n);
  return compare(out.host(), want);
}
