// A tile of 8 synchronises in a branch that only some of its threads take.
#include <cooperative_groups.h>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void odd(int* out) {
  const auto tile = cg::tiled_partition<8>(cg::this_thread_block());
  out[threadIdx.x] = 0;
  if (tile.thread_rank() < 3) {
    tile.sync();  // expect: barrier error if t.x % 8 < 3 and o.x % 8 >= 3
  }
  __syncthreads();  // against
  out[threadIdx.x] += 1;
}

int main() {
  Array<int> out(32);
  odd<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
