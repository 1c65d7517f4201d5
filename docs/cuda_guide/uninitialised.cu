// A bug: the sum begins with whatever was in memory. cudaMalloc does not set it to zero.
#include "check.h"

__global__ void count_even(int* count, const int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n && x[i] % 2 == 0) atomicAdd(count, 1);
}

int main() {
  int *count, *x, result;
  CHECK(cudaMalloc(&count, sizeof(int)));
  CHECK(cudaMalloc(&x, 100 * sizeof(int)));
  CHECK(cudaMemset(x, 0, 100 * sizeof(int)));
  count_even<<<1, 128>>>(count, x, 100);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(&result, count, sizeof(int), cudaMemcpyDeviceToHost));
  CHECK(cudaFree(count));
  CHECK(cudaFree(x));
}
