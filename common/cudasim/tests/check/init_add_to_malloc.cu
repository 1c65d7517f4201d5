// `+=` on memory that nothing wrote.
#include "results.h"

__global__ void add(float* x) {
  x[threadIdx.x] += 1.0f;  // expect: init error if t.x < 32
}

int main() {
  Array<float> x(32);
  add<<<1, 32>>>(x);
  cudaDeviceSynchronize();
}
