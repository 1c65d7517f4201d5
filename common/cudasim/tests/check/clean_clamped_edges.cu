// A stencil that stays within the array at both ends.
#include "results.h"

__global__ void blur(int* out, const int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  out[i] = x[max(i - 1, 0)] + x[i] + x[min(i + 1, n - 1)];
}

int main() {
  const int n = 129;
  Array<int> x(numbers(n)), out(n);
  blur<<<3, 64>>>(out, x, n);
  std::vector<int> want;
  for (int i = 0; i < n; ++i) want.push_back(3 * i + (i == 0) - (i == n - 1));
  return compare(out.host(), want);
}
