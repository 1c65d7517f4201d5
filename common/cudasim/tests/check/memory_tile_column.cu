// A tile of 8 x 8 in shared memory; row 7, column 8 lies past its end.
#include "results.h"

__global__ void tile(int* out) {
  __shared__ int s_tile[8][8];
  const unsigned x = threadIdx.x, y = threadIdx.y;
  int* row = s_tile[y];
  row[x] = 1;  // expect: memory error thread=(8,7,0)
  if (x < 8) out[y * 8 + x] = row[x];
}

int main() {
  Array<int> out(64);
  tile<<<1, dim3(9, 8)>>>(out);
  cudaDeviceSynchronize();
}
