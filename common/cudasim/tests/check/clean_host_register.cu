// Ordinary host memory, registered: asynchronous copies, and the host waits before it reads.
#include "results.h"

__global__ void twice(int* x) { x[threadIdx.x] *= 2; }

int main() {
  std::vector<int> host = numbers(64);
  Array<int> x(64);
  cudaStream_t stream;
  cudaStreamCreate(&stream);
  cudaHostRegister(host.data(), 64 * sizeof(int), cudaHostRegisterDefault);
  cudaMemcpyAsync(x, host.data(), 64 * sizeof(int), cudaMemcpyHostToDevice, stream);
  twice<<<1, 64, 0, stream>>>(x);
  cudaMemcpyAsync(host.data(), x, 64 * sizeof(int), cudaMemcpyDeviceToHost, stream);
  cudaStreamSynchronize(stream);
  cudaHostUnregister(host.data());
  cudaStreamDestroy(stream);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(2 * i);
  return compare(host, want);
}
