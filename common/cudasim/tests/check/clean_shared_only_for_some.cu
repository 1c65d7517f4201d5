// Threads that never touch shared memory, and a variable declared within a branch.
#include "results.h"

__global__ void some(int* out) {
  const unsigned t = threadIdx.x;
  int v = -1;
  if (t < 32) {
    __shared__ int s_x[32];
    s_x[t] = static_cast<int>(t);
    __syncwarp();
    v = s_x[31 - t];
  }
  __syncthreads();
  out[t] = v;
}

int main() {
  Array<int> out(64);
  some<<<1, 64>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back(i < 32 ? 31 - i : -1);
  return compare(out.host(), want);
}
