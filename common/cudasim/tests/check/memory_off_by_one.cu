// `<=` where `<` is meant: the thread whose index is n is one too many.
#include "results.h"

__global__ void square(float* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i <= n) {
    x[i] = 4.0f;  // expect: memory error block=(3,0,0) thread=(4,0,0) count=1
  }
}

int main() {
  Array<float> x(100);
  square<<<4, 32>>>(x, 100);
  cudaDeviceSynchronize();
}
