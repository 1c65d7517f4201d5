// The asynchronous copy into pinned memory may not have arrived.
#include "results.h"

int main() {
  Array<int> x(numbers(1024));
  int* host = nullptr;
  cudaMallocHost(&host, 1024 * sizeof(int));
  cudaMemcpyAsync(host, x, 1024 * sizeof(int), cudaMemcpyDeviceToHost);
  const int last = host[1023];  // expect: api error
  cudaDeviceSynchronize();
  cudaFreeHost(host);
  std::printf("%d\n", last);
}
