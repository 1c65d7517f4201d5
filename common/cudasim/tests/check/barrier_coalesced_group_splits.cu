// The group was formed by all lanes; later a part of it waits for all.
#include <cooperative_groups.h>

#include "results.h"

namespace cg = cooperative_groups;

__global__ void split(int* out) {
  const cg::coalesced_group all = cg::coalesced_threads();
  int v = 1;
  if (threadIdx.x >= 24) {
    v = all.shfl(v, 0);  // expect: barrier error if t.x >= 24 and o.x < 24
  }
  __syncthreads();  // against
  out[threadIdx.x] = v;
}

int main() {
  Array<int> out(32);
  split<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
