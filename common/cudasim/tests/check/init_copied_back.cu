// The kernel that should fill the array is never launched; the host copies what it finds.
#include "results.h"

int main() {
  int host[8];
  int* x = nullptr;
  cudaMalloc(&x, sizeof host);
  cudaMemcpy(host, x, sizeof host, cudaMemcpyDeviceToHost);  // expect: init error
  cudaFree(x);
}
