// Shuffles of every kind in segments: a source outside its segment gives the lane's own value.
#include "results.h"

__global__ void shuffles(int* out) {
  const int lane = static_cast<int>(threadIdx.x);
  const unsigned all = 0xffffffffu;
  int v = __shfl_sync(all, lane, 9, 8);          // lane 1 of the own eight
  v = v * 32 + __shfl_up_sync(all, lane, 3, 4);  // three to the left, within four
  v = v * 32 + __shfl_down_sync(all, lane, 5, 16);
  v = v * 32 + __shfl_xor_sync(all, lane, 1, 2);
  out[lane] = v;
}

int main() {
  Array<int> out(32);
  shuffles<<<1, 32>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) {
    const int up = i % 4 >= 3 ? i - 3 : i, down = i % 16 + 5 < 16 ? i + 5 : i;
    want.push_back((((i / 8 * 8 + 1) * 32 + up) * 32 + down) * 32 + (i ^ 1));
  }
  return compare(out.host(), want);
}
