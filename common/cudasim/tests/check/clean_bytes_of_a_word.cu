// Four threads of two warps write the four bytes of one word: no byte is anybody else's.
#include "results.h"

__global__ void bytes(unsigned* out) {
  __shared__ unsigned char s_bytes[64];
  const unsigned t = threadIdx.x, own = t % 32 * 2 + t / 32;
  s_bytes[own] = static_cast<unsigned char>(own);
  s_bytes[own] = static_cast<unsigned char>(s_bytes[own] + 1);  // no barrier: its own
  __syncthreads();
  if (t < 16) out[t] = reinterpret_cast<unsigned*>(s_bytes)[t];
}

int main() {
  Array<unsigned> out(16);
  bytes<<<1, 64>>>(out);
  std::vector<unsigned> want;
  for (unsigned i = 0; i < 16; ++i) want.push_back(0x04030201u + 0x04040404u * i);
  return compare(out.host(), want);
}
