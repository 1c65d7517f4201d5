// The result is copied after its array was freed.
#include "results.h"

int main() {
  int host[4];
  int* x = nullptr;
  cudaMalloc(&x, sizeof host);
  cudaMemset(x, 0, sizeof host);
  cudaFree(x);
  cudaMemcpy(host, x, sizeof host, cudaMemcpyDeviceToHost);  // expect: api error count=1
}
