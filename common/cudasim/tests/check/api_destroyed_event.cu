// The event is gone when the host waits for it.
#include "results.h"

int main() {
  cudaEvent_t done;
  cudaEventCreate(&done);
  cudaEventRecord(done);
  cudaEventDestroy(done);
  cudaEventSynchronize(done);  // expect: api error count=1
}
