// Each tile of 16 threads owns a part of shared memory, and its own sync() is enough for it.
#include <cooperative_groups.h>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void reverse(int* x) {
  __shared__ int s_x[4][16];
  const auto tile = cg::tiled_partition<16>(cg::this_thread_block());
  const unsigned r = tile.thread_rank(), m = tile.meta_group_rank();
  s_x[m][r] = x[threadIdx.x];
  tile.sync();
  x[threadIdx.x] = s_x[m][15 - r];
}

int main() {
  Array<int> x(numbers(64));
  reverse<<<1, 64>>>(x);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(i / 16 * 16 + 15 - i % 16);
  return compare(x.host(), want);
}
