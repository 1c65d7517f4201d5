// volatile changes nothing where __syncwarp orders the lanes.
#include "results.h"

__global__ void warp_sum(int* out, const int* x) {
  __shared__ volatile int s_x[32];
  const unsigned t = threadIdx.x;
  s_x[t] = x[t];
  __syncwarp();
  for (unsigned d = 16; d > 0; d /= 2) {
    if (t < d) s_x[t] = s_x[t] + s_x[t + d];
    __syncwarp();
  }
  out[t] = s_x[0];
}

int main() {
  Array<int> x(numbers(32)), out(32);
  warp_sum<<<1, 32>>>(out, x);
  return compare(out.host(), std::vector<int>(32, 496));
}
