// Whichever lanes happen to be together elect a leader that adds for all: any grouping is right.
#include "results.h"

__global__ void count(int* total, const int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n && x[i] % 3 == 0) {
    const unsigned together = __activemask();
    const int leader = __ffs(static_cast<int>(together)) - 1;
    if (static_cast<int>(threadIdx.x % 32) == leader) atomicAdd(total, __popc(together));
  }
}

int main() {
  Array<int> x(numbers(1000)), total(std::vector<int>{0});
  count<<<8, 128>>>(total, x, 1000);
  return compare(total.host(), {334});
}
