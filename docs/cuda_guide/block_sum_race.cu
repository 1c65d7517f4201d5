// A bug: block_sum.cu without the barrier inside the loop.
#include "check.h"

constexpr unsigned kThreads = 256;

__global__ void block_sum(float* sum, const float* x) {
  __shared__ float partial[kThreads];
  const unsigned t = threadIdx.x;
  partial[t] = x[t];
  __syncthreads();  // all 256 are written before any is read
  for (unsigned d = kThreads / 2; d > 0; d /= 2) {
    if (t < d) partial[t] += partial[t + d];
    // and on to the next round
  }
  if (t == 0) *sum = partial[0];
}

int main() {
  float *x, *sum;  // managed: one pointer for both sides
  CHECK(cudaMallocManaged(&x, kThreads * sizeof(float)));
  CHECK(cudaMallocManaged(&sum, sizeof(float)));
  for (unsigned i = 0; i < kThreads; ++i) x[i] = static_cast<float>(i);
  block_sum<<<1, kThreads>>>(sum, x);
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  std::printf("0 + 1 + ... + 255 = %g\n", static_cast<double>(*sum));
  CHECK(cudaFree(x));
  CHECK(cudaFree(sum));
}
