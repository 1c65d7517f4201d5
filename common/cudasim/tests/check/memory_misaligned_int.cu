// An int read at an odd byte of a packed record: x86 allows it, a GPU does not.
#include "results.h"

__global__ void parse(int* out, const unsigned char* record) {
  *out = *reinterpret_cast<const int*>(record + 1);  // expect: memory error thread=(0,0,0)
}

int main() {
  Array<unsigned char> record(std::vector<unsigned char>(8, 7));
  Array<int> out(1);
  parse<<<1, 1>>>(out, record);
  cudaDeviceSynchronize();
}
