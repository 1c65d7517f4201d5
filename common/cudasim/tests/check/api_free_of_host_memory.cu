// cudaFree is for what cudaMalloc gave.
#include <cstdlib>

#include "results.h"

int main() {
  void* x = std::malloc(64);
  cudaFree(x);  // expect: api error count=1
  std::free(x);
}
