// Every thread writes its own number to one place.
#include "results.h"

__global__ void last_wins(int* out) {
  __shared__ int s_winner;
  // expect: race error if t.x // 32 != o.x // 32
  // expect: race warning if t.x // 32 == o.x // 32
  s_winner = static_cast<int>(threadIdx.x);
  __syncthreads();
  out[threadIdx.x] = s_winner;
}

int main() {
  Array<int> out(64);
  last_wins<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
