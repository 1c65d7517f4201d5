// The lanes in a branch form a group, number themselves and fill an array without gaps.
#include <cooperative_groups.h>

#include <algorithm>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void filter(int* out, int* n, const int* x) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (x[i] % 5 < 2) {
    const cg::coalesced_group here = cg::coalesced_threads();
    int first = 0;
    if (here.thread_rank() == 0) first = atomicAdd(n, static_cast<int>(here.size()));
    first = here.shfl(first, 0);
    out[first + static_cast<int>(here.thread_rank())] = x[i];
  }
}

int main() {
  Array<int> x(numbers(200)), out(80), n(std::vector<int>{0});
  filter<<<4, 50>>>(out, n, x);
  std::vector<int> got = out.host(), want;
  std::sort(got.begin(), got.end());  // the order is nobody's
  for (int i = 0; i < 200; ++i) {
    if (i % 5 < 2) want.push_back(i);
  }
  return compare(n.host(), {80}) | compare(got, want);
}
