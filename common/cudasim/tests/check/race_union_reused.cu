// A union saves shared memory; the second use begins while another warp still reads the first.
#include "results.h"

__global__ void two_phases(int* out) {
  __shared__ union {
    int keys[64];
    short bins[128];
  } s_work;
  const unsigned t = threadIdx.x;
  s_work.keys[t] = static_cast<int>(t);
  __syncthreads();
  const int key = s_work.keys[63 - t];           // against
  s_work.bins[2 * t] = static_cast<short>(key);  // expect: race error if o.x == 63 - t.x
  __syncthreads();
  out[t] = s_work.bins[2 * t];
}

int main() {
  Array<int> out(64);
  two_phases<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
