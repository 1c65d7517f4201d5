// A bug: device memory is used as if it were the host's.
#include "check.h"

int main() {
  float* x;
  CHECK(cudaMalloc(&x, 4 * sizeof(float)));
  CHECK(cudaMemset(x, 0, 4 * sizeof(float)));
  std::printf("%g\n", static_cast<double>(x[0]));  // x is an address on the device
  CHECK(cudaFree(x));
}
