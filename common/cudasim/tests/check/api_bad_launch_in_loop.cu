// Two of the launches ask for more threads than there may be; nobody looks.
#include "results.h"

__global__ void fill(int* x) {
  if (threadIdx.x < 8) x[threadIdx.x] = 1;
}

int main() {
  Array<int> x(8);
  for (int threads = 512; threads <= 4096; threads *= 2) {
    fill<<<1, threads>>>(x);  // expect: api error count=2
  }
  cudaDeviceSynchronize();
}
