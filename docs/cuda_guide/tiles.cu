// Cooperative groups: a name and a type for "the threads that do this together".
#include <cooperative_groups.h>

#include "check.h"

namespace cg = cooperative_groups;

// Any group that knows how many threads it has, who is who, and how to shuffle.
template <class Group>
__device__ int sum(const Group& group, int value) {
  for (int d = static_cast<int>(group.size()) / 2; d > 0; d /= 2)
    value += group.shfl_down(value, d);
  return value;
}

__global__ void sums_of_eights(int* out) {
  const cg::thread_block block = cg::this_thread_block();
  const auto eight = cg::tiled_partition<8>(block);
  const int total = sum(eight, static_cast<int>(block.thread_rank()));
  if (eight.thread_rank() == 0) out[eight.meta_group_rank()] = total;
}

int main() {
  int* out;
  CHECK(cudaMallocManaged(&out, 8 * sizeof(int)));
  sums_of_eights<<<1, 64>>>(out);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  for (int i = 0; i < 8; ++i) std::printf("%d ", out[i]);
  std::printf("\n");
  CHECK(cudaFree(out));
}
