// A grid-stride loop of a few threads over an array of an odd length.
#include "results.h"

__global__ void axpy(float* y, const float* x, float a, int n) {
  const int stride = static_cast<int>(gridDim.x * blockDim.x);
  for (int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); i < n; i += stride) {
    y[i] += a * x[i];
  }
}

int main() {
  const int n = 1001;
  std::vector<float> host, want;
  for (int i = 0; i < n; ++i) host.push_back(static_cast<float>(i));
  for (int i = 0; i < n; ++i) want.push_back(3.0f * static_cast<float>(i));
  Array<float> x(host), y(host);
  axpy<<<3, 40>>>(y, x, 2.0f, n);
  return compare(y.host(), want);
}
