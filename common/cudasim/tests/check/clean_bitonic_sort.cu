// Pairs are disjoint in each step, and a barrier stands between the steps.
#include "results.h"

__global__ void sort(int* x) {
  __shared__ int s_x[128];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  for (unsigned size = 2; size <= 128; size *= 2) {
    for (unsigned d = size / 2; d > 0; d /= 2) {
      __syncthreads();
      const unsigned other = t ^ d;
      if (other > t) {
        const int a = s_x[t], b = s_x[other];
        if ((a > b) == ((t & size) == 0)) {
          s_x[t] = b;
          s_x[other] = a;
        }
      }
    }
  }
  __syncthreads();
  x[t] = s_x[t];
}

int main() {
  std::vector<int> host;
  for (int i = 0; i < 128; ++i) host.push_back(i * 53 % 128);
  Array<int> x(host);
  sort<<<1, 128>>>(x);
  return compare(x.host(), numbers(128));
}
