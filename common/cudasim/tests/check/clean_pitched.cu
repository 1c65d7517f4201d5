// Rows at cudaMallocPitch's distance: the padding is neither written nor read.
#include "results.h"

__global__ void add(int* x, size_t pitch, int M, int N) {
  const int m = static_cast<int>(threadIdx.y), n = static_cast<int>(threadIdx.x);
  if (m < M && n < N) {
    int* row = reinterpret_cast<int*>(reinterpret_cast<char*>(x) + static_cast<size_t>(m) * pitch);
    row[n] += m;
  }
}

int main() {
  const int M = 5, N = 13;
  std::vector<int> host = numbers(M * N), want = host;
  int* x = nullptr;
  size_t pitch = 0;
  cudaMallocPitch(reinterpret_cast<void**>(&x), &pitch, N * sizeof(int), M);
  cudaMemcpy2D(x, pitch, host.data(), N * sizeof(int), N * sizeof(int), M, cudaMemcpyHostToDevice);
  add<<<1, dim3(16, 8)>>>(x, pitch, M, N);
  cudaMemcpy2D(host.data(), N * sizeof(int), x, pitch, N * sizeof(int), M, cudaMemcpyDeviceToHost);
  cudaFree(x);
  for (int i = 0; i < M * N; ++i) want[static_cast<size_t>(i)] += i / N;
  return compare(host, want);
}
