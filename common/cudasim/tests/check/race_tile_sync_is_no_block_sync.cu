// A tile of 32 threads synchronises itself, not the block: the neighbouring warp's element is not
// there.
#include <cooperative_groups.h>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void neighbour(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x;
  const auto tile = cg::tiled_partition<32>(cg::this_thread_block());
  s_x[t] = 0;
  __syncthreads();
  s_x[t] = x[t];  // expect: race error if o.x == (t.x + 32) % 64
  tile.sync();
  x[t] = s_x[(t + 32) % 64];  // against
}

int main() {
  Array<int> x(numbers(64));
  neighbour<<<1, 64>>>(x);
  cudaDeviceSynchronize();
}
