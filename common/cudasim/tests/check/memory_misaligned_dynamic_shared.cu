// Dynamic shared memory is cut into bytes and doubles; after 12 bytes no double can follow.
#include "results.h"

__global__ void cut(double* out, int n) {
  extern __shared__ unsigned char s_bytes[];
  double* s_sum = reinterpret_cast<double*>(s_bytes + n);
  *s_sum = 0.5;  // expect: memory error thread=(0,0,0)
  *out = 1.0;
}

int main() {
  Array<double> out(1);
  cut<<<1, 1, 12 + sizeof(double)>>>(out, 12);
  cudaDeviceSynchronize();
}
