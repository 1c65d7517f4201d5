// Lanes leave the loop at different times; a ballot gives those that stay their mask.
#include "results.h"

__global__ void halve(int* out, const int* x) {
  const unsigned lane = threadIdx.x;
  int v = x[lane], rounds = 0;
  unsigned staying = __ballot_sync(0xffffffffu, v > 0);
  while (v > 0) {
    v /= 2;
    rounds += __popc(staying);
    staying = __ballot_sync(staying, v > 0);
  }
  out[lane] = rounds;
}

int main() {
  const std::vector<int> host = numbers(32);
  Array<int> x(host), out(32);
  halve<<<1, 32>>>(out, x);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) {
    int rounds = 0;
    for (int bit = 1; bit <= i; bit *= 2) rounds += 32 - bit;  // 31, 30, 28.. values reach this bit
    want.push_back(rounds);
  }
  return compare(out.host(), want);
}
