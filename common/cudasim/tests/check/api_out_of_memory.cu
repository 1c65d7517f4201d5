// A million gigabytes; the pointer stays null, and the copy fails too.
#include "results.h"

int main() {
  int host = 0;
  int* x = nullptr;
  cudaMalloc(&x, size_t{1} << 50);                            // expect: api error count=1
  cudaMemcpy(x, &host, sizeof(int), cudaMemcpyHostToDevice);  // expect: api error count=1
}
