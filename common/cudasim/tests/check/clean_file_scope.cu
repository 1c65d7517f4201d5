// A shared variable at file scope belongs to each block that runs.
#include "results.h"

__shared__ int s_tile[32];

__global__ void rotate(int* out) {
  s_tile[threadIdx.x] = static_cast<int>(threadIdx.x);
  __syncthreads();
  out[blockIdx.x * 32 + threadIdx.x] = s_tile[(threadIdx.x + 1) % 32];
}

int main() {
  Array<int> out(64);
  rotate<<<2, 32>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 64; ++i) want.push_back((i + 1) % 32);
  return compare(out.host(), want);
}
