// Two streams, each with its copy in, kernel and copy out; an event makes one wait for the other.
#include "check.h"

__global__ void scale(float* x, float factor, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] *= factor;
}

int main() {
  const int n = 4096;
  const std::size_t bytes = n * sizeof(float);
  float *host[2], *device[2];
  cudaStream_t stream[2];
  cudaEvent_t first_done;
  CHECK(cudaEventCreateWithFlags(&first_done, cudaEventDisableTiming));
  for (int s = 0; s < 2; ++s) {
    CHECK(cudaStreamCreate(&stream[s]));
    CHECK(cudaMallocHost(&host[s], bytes));  // pinned: only then does the copy run beside the host
    CHECK(cudaMalloc(&device[s], bytes));
    for (int i = 0; i < n; ++i) host[s][i] = static_cast<float>(s + 1);
  }
  for (int s = 0; s < 2; ++s) {
    CHECK(cudaMemcpyAsync(device[s], host[s], bytes, cudaMemcpyHostToDevice, stream[s]));
    scale<<<n / 256, 256, 0, stream[s]>>>(device[s], 10.0f, n);
    CHECK(cudaGetLastError());
  }
  CHECK(cudaEventRecord(first_done, stream[0]));
  CHECK(cudaStreamWaitEvent(stream[1], first_done, 0));
  // Only now may stream 1 touch what stream 0 made.
  CHECK(cudaMemcpyAsync(device[1], device[0], bytes / 2, cudaMemcpyDeviceToDevice, stream[1]));
  CHECK(cudaMemcpyAsync(host[1], device[1], bytes, cudaMemcpyDeviceToHost, stream[1]));
  CHECK(cudaStreamSynchronize(stream[1]));  // before this, host[1] is not to be read
  std::printf("%g %g\n", static_cast<double>(host[1][0]), static_cast<double>(host[1][n - 1]));
  for (int s = 0; s < 2; ++s) {
    CHECK(cudaStreamDestroy(stream[s]));
    CHECK(cudaFreeHost(host[s]));
    CHECK(cudaFree(device[s]));
  }
  CHECK(cudaEventDestroy(first_done));
}
