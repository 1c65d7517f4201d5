// A lock in shared memory between warps: atomics and block fences order the plain accesses.
#include "results.h"

__global__ void add(int* out) {
  __shared__ int s_lock, s_sum;
  if (threadIdx.x == 0) s_lock = s_sum = 0;
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    while (atomicCAS(&s_lock, 0, 1) != 0) {
    }
    __threadfence_block();
    s_sum += static_cast<int>(threadIdx.x);
    __threadfence_block();
    atomicExch(&s_lock, 0);
  }
  __syncthreads();
  if (threadIdx.x == 0) *out = s_sum;
}

int main() {
  Array<int> out(1);
  add<<<1, 128>>>(out);
  return compare(out.host(), {192});
}
