// A copy on the device moves memory that was never written, and the kernel reads the copy.
#include "results.h"

__global__ void read(int* out, const int* x) { out[threadIdx.x] = x[threadIdx.x]; }

int main() {
  Array<int> from(8), to(8), out(8);
  cudaMemcpy(to, from, 32, cudaMemcpyDeviceToDevice);  // expect: init error
  read<<<1, 8>>>(out, to);
  cudaDeviceSynchronize();
}
