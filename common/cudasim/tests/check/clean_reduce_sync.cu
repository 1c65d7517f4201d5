// Warp reductions over all lanes and over a part.
// nvcc: -arch=sm_80
#include "results.h"

__global__ void reductions(unsigned* out) {
  const unsigned lane = threadIdx.x;
  const unsigned sum = __reduce_add_sync(0xffffffffu, lane);
  unsigned part = 0;
  if (lane < 10) part = __reduce_max_sync(0x3ffu, lane * 7 % 10);
  out[lane] = sum * 10 + part;
}

int main() {
  Array<unsigned> out(32);
  reductions<<<1, 32>>>(out);
  std::vector<unsigned> want;
  for (int i = 0; i < 32; ++i) want.push_back(i < 10 ? 4969 : 4960);
  return compare(out.host(), want);
}
