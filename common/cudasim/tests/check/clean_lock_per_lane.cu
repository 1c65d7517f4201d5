// All lanes of a warp want one lock: the work stands within the attempt, so nobody waits for a
// loser.
#include "results.h"

__global__ void add(int* out) {
  __shared__ int s_lock, s_sum;
  if (threadIdx.x == 0) s_lock = s_sum = 0;
  __syncthreads();
  for (bool done = false; !done;) {
    if (atomicCAS(&s_lock, 0, 1) == 0) {
      __threadfence_block();
      s_sum += static_cast<int>(threadIdx.x);
      __threadfence_block();
      atomicExch(&s_lock, 0);
      done = true;
    }
  }
  __syncthreads();
  if (threadIdx.x == 0) *out = s_sum;
}

int main() {
  Array<int> out(1);
  add<<<1, 64>>>(out);
  return compare(out.host(), {2016});
}
