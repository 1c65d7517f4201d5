// A mask may name lanes that have returned: the operation waits for the others only.
#include "results.h"

__global__ void vote(unsigned* out, int n) {
  const int lane = static_cast<int>(threadIdx.x);
  if (lane >= n) return;
  const unsigned odd = __ballot_sync(0xffffffffu, lane % 2);
  __syncwarp();
  if (lane == 0) *out = odd;
}

int main() {
  Array<unsigned> out(1);
  vote<<<1, 32>>>(out, 21);
  return compare(out.host(), {0x000aaaaau});
}
