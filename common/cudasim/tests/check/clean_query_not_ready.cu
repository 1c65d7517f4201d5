// cudaErrorNotReady is an answer, not an error.
#include "results.h"

__global__ void spin(unsigned* out, int rounds) {
  unsigned v = 1;
  for (int i = 0; i < rounds; ++i) v = v * 1664525 + 1013904223;
  *out = v;
}

int main() {
  Array<unsigned> out(1);
  cudaEvent_t done;
  cudaEventCreate(&done);
  spin<<<1, 1>>>(out, 1000);
  cudaEventRecord(done);
  while (cudaEventQuery(done) == cudaErrorNotReady ||
         cudaStreamQuery(nullptr) == cudaErrorNotReady) {
  }
  cudaEventDestroy(done);
  unsigned want = 1;
  for (int i = 0; i < 1000; ++i) want = want * 1664525 + 1013904223;
  return compare(out.host(), {want});
}
