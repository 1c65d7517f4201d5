// Bytes in global memory, written by two kernels: every second each; the third reads words.
#include "results.h"

__global__ void fill(unsigned char* x, unsigned first) {
  x[first + 2 * threadIdx.x] = static_cast<unsigned char>(first + 1);
}
__global__ void read(unsigned short* out, const unsigned char* x) {
  out[threadIdx.x] = reinterpret_cast<const unsigned short*>(x)[threadIdx.x];
}

int main() {
  Array<unsigned char> x(40);
  Array<unsigned short> out(20);
  fill<<<1, 20>>>(x, 0);
  fill<<<1, 20>>>(x, 1);
  read<<<1, 20>>>(out, x);
  return compare(out.host(), std::vector<unsigned short>(20, 0x0201));
}
