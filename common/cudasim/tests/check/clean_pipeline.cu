// Copies from global to shared memory run ahead of the computation, in two buffers.
// nvcc: -arch=sm_80
#include <cuda_pipeline.h>

#include "results.h"

__global__ void sum(int* out, const int* x, int tiles) {
  __shared__ int s_x[2][64];
  const unsigned t = threadIdx.x;
  __pipeline_memcpy_async(&s_x[0][t], &x[t], sizeof(int));
  __pipeline_commit();
  int total = 0;
  for (int i = 0; i < tiles; ++i) {
    if (i + 1 < tiles) {
      __pipeline_memcpy_async(&s_x[(i + 1) & 1][t], &x[(i + 1) * 64 + static_cast<int>(t)],
                              sizeof(int));
    }
    __pipeline_commit();
    __pipeline_wait_prior(1);
    __syncthreads();
    total += s_x[i & 1][63 - t];
    __syncthreads();
  }
  out[t] = total;
}

int main() {
  Array<int> x(numbers(320)), out(64);
  sum<<<1, 64>>>(out, x, 5);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(5 * (63 - i) + 64 * 10);
  return compare(out.host(), want);
}
