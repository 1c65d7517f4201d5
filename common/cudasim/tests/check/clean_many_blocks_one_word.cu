// Blocks write the bytes of the same words in global memory, and count with 64-bit atomics.
#include "results.h"

__global__ void bytes(unsigned char* x, unsigned long long* total) {
  x[blockIdx.x + 4 * threadIdx.x] = static_cast<unsigned char>(blockIdx.x + 1);
  atomicAdd(total, static_cast<unsigned long long>(blockIdx.x + 1) << 32);
}

int main() {
  Array<unsigned char> x(64);
  Array<unsigned long long> total(std::vector<unsigned long long>{0});
  bytes<<<4, 16>>>(x, total);
  std::vector<unsigned char> want;
  for (int i = 0; i < 64; ++i) want.push_back(static_cast<unsigned char>(i % 4 + 1));
  return compare(x.host(), want) |
         compare(total.host(), std::vector<unsigned long long>{160ull << 32});
}
