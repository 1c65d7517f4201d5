// The pitch is given in floats, the width in bytes.
#include "results.h"

int main() {
  std::vector<float> host(64);
  float* x = nullptr;
  cudaMalloc(&x, 64 * sizeof(float));
  cudaMemcpy2D(x, 8, host.data(), 32, 32, 8, cudaMemcpyHostToDevice);  // expect: api error count=1
  cudaFree(x);
}
