// A block of 5 x 3 x 7 threads: warps cut through its rows and layers.
#include "results.h"

__global__ void mirror(int* out) {
  __shared__ int s_x[7][3][5];
  const unsigned x = threadIdx.x, y = threadIdx.y, z = threadIdx.z;
  const unsigned i = (z * 3 + y) * 5 + x;
  s_x[z][y][x] = static_cast<int>(i);
  __syncthreads();
  out[blockIdx.z * 105 + i] = s_x[6 - z][2 - y][4 - x] + static_cast<int>(1000 * blockIdx.z);
}

int main() {
  Array<int> out(210);
  mirror<<<dim3(1, 1, 2), dim3(5, 3, 7)>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 210; ++i) want.push_back(104 - i % 105 + i / 105 * 1000);
  return compare(out.host(), want);
}
