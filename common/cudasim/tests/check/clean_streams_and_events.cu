// Two streams, ordered by events: one fills, the other doubles, the first reads.
#include "results.h"

__global__ void fill(int* x) { x[threadIdx.x] = static_cast<int>(threadIdx.x); }
__global__ void twice(int* x) { x[threadIdx.x] *= 2; }

int main() {
  Array<int> x(64);
  int* host = nullptr;
  cudaMallocHost(&host, 64 * sizeof(int));
  cudaStream_t a, b;
  cudaEvent_t filled, doubled;
  cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking);
  cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking);
  cudaEventCreateWithFlags(&filled, cudaEventDisableTiming);
  cudaEventCreateWithFlags(&doubled, cudaEventDisableTiming);
  fill<<<1, 64, 0, a>>>(x);
  cudaEventRecord(filled, a);
  cudaStreamWaitEvent(b, filled);
  twice<<<1, 64, 0, b>>>(x);
  cudaEventRecord(doubled, b);
  cudaStreamWaitEvent(a, doubled);
  cudaMemcpyAsync(host, x, 64 * sizeof(int), cudaMemcpyDeviceToHost, a);
  cudaStreamSynchronize(a);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(2 * i);
  const int status = compare(std::vector<int>(host, host + 64), want);
  cudaEventDestroy(filled);
  cudaEventDestroy(doubled);
  cudaStreamDestroy(a);
  cudaStreamDestroy(b);
  cudaFreeHost(host);
  return status;
}
