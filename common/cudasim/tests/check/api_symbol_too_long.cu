// Five elements are copied to a constant of four.
#include "results.h"

__constant__ int c_x[4];

__global__ void read(int* out) { out[threadIdx.x] = c_x[threadIdx.x]; }

int main() {
  const std::vector<int> host = numbers(5);
  Array<int> out(4);
  cudaMemcpyToSymbol(c_x, host.data(), 5 * sizeof(int));  // expect: api error count=1
  read<<<1, 4>>>(out);
  cudaDeviceSynchronize();
}
