// Memory whose life is ordered by a stream: allocated, used and freed in it.
#include "results.h"

__global__ void fill(int* x) { x[threadIdx.x] = 3; }
__global__ void sum(int* out, const int* x) { atomicAdd(out, x[threadIdx.x]); }

int main() {
  Array<int> out(std::vector<int>{0});
  cudaStream_t stream;
  cudaStreamCreate(&stream);
  for (int i = 0; i < 3; ++i) {
    int* x = nullptr;
    cudaMallocAsync(reinterpret_cast<void**>(&x), 32 * sizeof(int), stream);
    fill<<<1, 32, 0, stream>>>(x);
    sum<<<1, 32, 0, stream>>>(out, x);
    cudaFreeAsync(x, stream);
  }
  cudaStreamSynchronize(stream);
  cudaStreamDestroy(stream);
  return compare(out.host(), {288});
}
