// A bug: many threads add to one number without an atomic.
#include "check.h"

__global__ void count(int* total) {
  *total = *total + 1;  // read, add, write: another thread may come in between
}

int main() {
  int *total, result;
  CHECK(cudaMalloc(&total, sizeof(int)));
  CHECK(cudaMemset(total, 0, sizeof(int)));
  count<<<128, 1>>>(total);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(&result, total, sizeof(int), cudaMemcpyDeviceToHost));
  std::printf("%d of 128\n", result);
  CHECK(cudaFree(total));
}
