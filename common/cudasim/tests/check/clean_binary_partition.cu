// A tile is split by a condition; each part reduces by itself.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void sums(int* out, const int* x) {
  const auto warp = cg::tiled_partition<32>(cg::this_thread_block());
  const cg::coalesced_group part = cg::binary_partition(warp, x[threadIdx.x] % 3 == 0);
  out[threadIdx.x] = cg::reduce(part, x[threadIdx.x], cg::plus<int>());
}

int main() {
  Array<int> x(numbers(64)), out(64);
  sums<<<1, 64>>>(out, x);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) {
    int sum = 0;
    for (int j = i / 32 * 32; j < i / 32 * 32 + 32; ++j)
      sum += (j % 3 == 0) == (i % 3 == 0) ? j : 0;
    want.push_back(sum);
  }
  return compare(out.host(), want);
}
