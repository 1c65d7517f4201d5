// Lane 31 is not in the mask of the match.
#include "results.h"

__global__ void match(unsigned* out, const int* x) {
  const unsigned t = threadIdx.x;
  out[t] = __match_any_sync(0x7fffffffu, x[t]);  // expect: barrier error thread=(31,0,0) count=1
}

int main() {
  Array<int> x(numbers(32));
  Array<unsigned> out(32);
  match<<<1, 32>>>(out, x);
  cudaDeviceSynchronize();
}
