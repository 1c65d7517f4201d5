// Each warp begins at another round of the loop; all meet at its barrier equally often.
#include "results.h"

__global__ void rounds(int* out) {
  __shared__ int s_x[4][32];
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  int sum = 0;
  for (unsigned r = warp; r < warp + 4; ++r) {
    s_x[r % 4][lane] = static_cast<int>(100 * r + lane);
    __syncthreads();
    sum += s_x[(r + 1) % 4][31 - lane];
    __syncthreads();
  }
  out[threadIdx.x] = sum;
}

int main() {
  Array<int> out(128);
  rounds<<<1, 128>>>(out);
  std::vector<int> want;
  for (int t = 0; t < 128; ++t) {
    int sum = 0;
    for (int k = 0; k < 4; ++k) {
      const int warp = t / 32, next = (warp + 1) % 4;  // who wrote the row at this time
      sum += 100 * (next + k) + 31 - t % 32;
    }
    want.push_back(sum);
  }
  return compare(out.host(), want);
}
