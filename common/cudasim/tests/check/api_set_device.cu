// Devices are counted from 0.
#include "results.h"

int main() {
  int count = 0;
  cudaGetDeviceCount(&count);
  cudaSetDevice(count);  // expect: api error count=1
}
