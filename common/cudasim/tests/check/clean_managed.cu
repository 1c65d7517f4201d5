// Managed memory goes from host to kernel and back, with a synchronisation in between each time.
#include "results.h"

__global__ void add_one(int* x) { x[threadIdx.x] += 1; }

int main() {
  int* x = nullptr;
  cudaMallocManaged(&x, 32 * sizeof(int));
  for (int i = 0; i < 32; ++i) x[i] = i;
  for (int round = 0; round < 3; ++round) {
    add_one<<<1, 32>>>(x);
    cudaDeviceSynchronize();
    x[round] += 100;
  }
  std::vector<int> want = numbers(32);
  for (int i = 0; i < 32; ++i) want[static_cast<size_t>(i)] += 3 + (i < 3 ? 100 : 0);
  const int status = compare(std::vector<int>(x, x + 32), want);
  cudaFree(x);
  return status;
}
