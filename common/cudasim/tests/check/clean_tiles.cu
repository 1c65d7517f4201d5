// Tiles of 8 threads sum by themselves; the tiles of a warp take different numbers of rounds.
#include <cooperative_groups.h>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void tile_sums(int* out, const int* x) {
  const auto tile = cg::tiled_partition<8>(cg::this_thread_block());
  int v = x[threadIdx.x];
  for (unsigned round = 0; round <= tile.meta_group_rank() % 3; ++round) {
    for (unsigned d = 4; d > 0; d /= 2) v += tile.shfl_xor(v, d);
  }
  if (tile.thread_rank() == 0) out[tile.meta_group_rank()] = v;
}

int main() {
  Array<int> x(std::vector<int>(96, 1)), out(12);
  tile_sums<<<1, 96>>>(out, x);
  std::vector<int> want;
  for (int i = 0; i < 12; ++i) want.push_back(i % 3 == 0 ? 8 : i % 3 == 1 ? 64 : 512);
  return compare(out.host(), want);
}
