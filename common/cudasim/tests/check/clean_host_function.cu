// A host function in a stream runs when the work before it is done.
#include "results.h"

__global__ void fill(int* x) { x[threadIdx.x] = 1 + static_cast<int>(threadIdx.x); }

struct Sum {
  const int* x;
  int total;
};
void CUDART_CB add_up(void* raw) {
  auto* sum = static_cast<Sum*>(raw);
  for (int i = 0; i < 16; ++i) sum->total += sum->x[i];
}

int main() {
  int* x = nullptr;
  cudaMallocHost(&x, 16 * sizeof(int));
  Sum sum = {x, 0};
  cudaStream_t stream;
  cudaStreamCreate(&stream);
  fill<<<1, 16, 0, stream>>>(x);
  cudaLaunchHostFunc(stream, add_up, &sum);
  cudaStreamSynchronize(stream);
  cudaStreamDestroy(stream);
  cudaFreeHost(x);
  return compare({sum.total}, std::vector<int>{136});
}
