// Shuffles of eight-byte types and of floats, in a block whose second warp has nine lanes.
#include "results.h"

__global__ void shuffles(double* out) {
  const unsigned t = threadIdx.x, lane = t % 32;
  const unsigned mask = t < 32 ? 0xffffffffu : 0x1ffu;
  const double d = __shfl_xor_sync(mask, 0.5 * t, lane < 8 ? 1 : 0);
  const long long l = __shfl_sync(mask, static_cast<long long>(t) << 33, 8);
  const float f = __shfl_down_sync(mask, 2.0f * static_cast<float>(t), lane < 8 ? 1 : 0);
  out[t] = d + static_cast<double>(l >> 33) + f;
}

int main() {
  Array<double> out(41);
  shuffles<<<1, 41>>>(out);
  std::vector<double> want;
  for (int t = 0; t < 41; ++t) {
    const int lane = t % 32, other = lane < 8 ? t ^ 1 : t, next = lane < 8 ? t + 1 : t;
    want.push_back(0.5 * other + (t / 32 * 32 + 8) + 2.0 * next);
  }
  return compare(out.host(), want);
}
