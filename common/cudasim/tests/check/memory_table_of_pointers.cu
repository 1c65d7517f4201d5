// A table of rows in device memory: the last row was freed, the table still names it.
#include "results.h"

__global__ void clear(int** rows) {
  rows[threadIdx.x][0] = 0;  // expect: memory error thread=(2,0,0)
}

int main() {
  std::vector<int*> rows(3);
  for (int*& row : rows) cudaMalloc(&row, 16);
  Array<int*> table(rows);
  cudaFree(rows[2]);
  clear<<<1, 3>>>(table);
  cudaDeviceSynchronize();
  cudaFree(rows[0]);
  cudaFree(rows[1]);
}
