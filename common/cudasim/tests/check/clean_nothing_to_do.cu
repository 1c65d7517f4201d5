// Copies and fills of no bytes, freeing null, dynamic shared memory of no bytes, a loop without
// rounds.
#include "results.h"

__global__ void sum(int* out, const int* x, int n) {
  extern __shared__ int s_x[];
  int total = 0;
  for (int i = static_cast<int>(threadIdx.x); i < n; i += 32) total += x[i] + s_x[i];
  out[threadIdx.x] = total;
}

int main() {
  Array<int> out(32);
  int *none = nullptr, host = 0;
  cudaMalloc(&none, 0);
  cudaMemcpy(out, &host, 0, cudaMemcpyHostToDevice);
  cudaMemset(out, 1, 0);
  sum<<<1, 32, 0>>>(out, none, 0);
  cudaFree(none);
  cudaFree(nullptr);
  cudaFreeHost(nullptr);
  return compare(out.host(), std::vector<int>(32, 0));
}
