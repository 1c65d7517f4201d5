// One thread of each block takes a lock in global memory; fences order what it protects.
#include "results.h"

__device__ int d_lock;

__global__ void add(int* total) {
  if (threadIdx.x == 0) {
    while (atomicCAS(&d_lock, 0, 1) != 0) {
    }
    __threadfence();
    *total += static_cast<int>(blockIdx.x);
    __threadfence();
    atomicExch(&d_lock, 0);
  }
}

int main() {
  Array<int> total(std::vector<int>{0});
  add<<<40, 32>>>(total);
  return compare(total.host(), {780});
}
