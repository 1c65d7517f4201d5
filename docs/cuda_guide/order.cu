// No order is promised: 64 threads add themselves to a list, and the list shows who came when.
#include "check.h"

__global__ void arrive(unsigned* list, unsigned* length) {
  list[atomicAdd(length, 1u)] = threadIdx.x;
}

int main() {
  unsigned *list, *length;
  CHECK(cudaMallocManaged(&list, 64 * sizeof(unsigned)));
  CHECK(cudaMallocManaged(&length, sizeof(unsigned)));
  *length = 0;
  arrive<<<1, 64>>>(list, length);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  for (int i = 0; i < 8; ++i) std::printf("%u ", list[i]);
  std::printf("...\n");
  CHECK(cudaFree(list));
  CHECK(cudaFree(length));
}
