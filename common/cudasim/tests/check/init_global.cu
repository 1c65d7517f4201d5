// cudaMalloc does not clear memory: the second half is never written.
#include "results.h"

__global__ void sum(int* out, const int* in) {
  atomicAdd(out, in[threadIdx.x]);  // expect: init error count=16 if t.x >= 16
}

int main() {
  Array<int> in(32), out(std::vector<int>{0});
  cudaMemset(in, 0, 16 * sizeof(int));
  sum<<<1, 32>>>(out, in);
  cudaDeviceSynchronize();
}
