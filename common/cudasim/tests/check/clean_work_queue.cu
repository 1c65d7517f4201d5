// Blocks fetch their work with an atomic counter; two barriers guard the shared copy of the number.
#include "results.h"

__device__ int d_next;

__global__ void work(int* out, int n) {
  __shared__ int s_item;
  for (;;) {
    if (threadIdx.x == 0) s_item = atomicAdd(&d_next, 1);
    __syncthreads();
    const int item = s_item;
    __syncthreads();  // all have read it before thread 0 fetches the next
    if (item >= n) return;
    out[item * 32 + static_cast<int>(threadIdx.x)] = item;
  }
}

int main() {
  Array<int> out(320);
  work<<<3, 32>>>(out, 10);
  std::vector<int> want;
  for (int i = 0; i < 320; ++i) want.push_back(i / 32);
  return compare(out.host(), want);
}
