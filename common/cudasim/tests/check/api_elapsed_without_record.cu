// The second event was never recorded.
#include "results.h"

int main() {
  cudaEvent_t start, end;
  float milliseconds = 0.0f;
  cudaEventCreate(&start);
  cudaEventCreate(&end);
  cudaEventRecord(start);
  cudaEventSynchronize(start);
  cudaEventElapsedTime(&milliseconds, start, end);  // expect: api error count=1
  cudaEventDestroy(start);
  cudaEventDestroy(end);
}
