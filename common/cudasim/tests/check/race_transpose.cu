// A tile is written by rows and read by columns, and no barrier lies between. A warp has two rows.
#include "results.h"

__global__ void transpose(int* out) {
  __shared__ int s_tile[16][17];
  const unsigned x = threadIdx.x, y = threadIdx.y;
  s_tile[y][x] = 0;
  __syncthreads();
  // expect: race error if t.x == o.y and t.y == o.x and t.y // 2 != o.y // 2
  // expect: race warning if t.x == o.y and t.y == o.x and t.y // 2 == o.y // 2
  s_tile[y][x] = 1;
  out[y * 16 + x] = s_tile[x][y];  // against
}

int main() {
  Array<int> out(256);
  transpose<<<1, dim3(16, 16)>>>(out);
  cudaDeviceSynchronize();
}
