// Two phases share memory through a union, with a barrier between the last read and the first
// write.
#include "results.h"

__global__ void phases(int* out) {
  __shared__ union {
    int keys[64];
    short bins[128];
  } s_work;
  const unsigned t = threadIdx.x;
  s_work.keys[t] = static_cast<int>(t);
  __syncthreads();
  const int key = s_work.keys[63 - t];
  __syncthreads();
  s_work.bins[2 * t] = static_cast<short>(key);
  s_work.bins[2 * t + 1] = static_cast<short>(-key);
  __syncthreads();
  out[t] = s_work.bins[127 - t];
}

int main() {
  Array<int> out(64);
  phases<<<1, 64>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) {
    const int bin = 127 - i, key = 63 - bin / 2;
    want.push_back(bin % 2 == 0 ? key : -key);
  }
  return compare(out.host(), want);
}
