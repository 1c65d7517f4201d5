// The direction contradicts the pointers.
#include "results.h"

int main() {
  int host[8] = {};
  int* x = nullptr;
  cudaMalloc(&x, sizeof host);
  cudaMemcpy(x, host, sizeof host, cudaMemcpyDeviceToHost);  // expect: api error count=1
  cudaFree(x);
}
