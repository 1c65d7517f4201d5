// Outside the matrix the tile should hold zeros; the guard has no else.
#include "results.h"

__global__ void row_sums(int* out, const int* x, int N) {  // x (8,N)
  __shared__ int s_tile[8][8];
  const unsigned n = threadIdx.x, m = threadIdx.y;
  if (static_cast<int>(n) < N) s_tile[m][n] = x[m * static_cast<unsigned>(N) + n];
  __syncthreads();
  if (n == 0) {
    int sum = 0;
    for (int i = 0; i < 8; ++i) sum += s_tile[m][i];  // expect: init error count=16 if t.x == 0
    out[m] = sum;
  }
}

int main() {
  Array<int> x(numbers(48)), out(8);
  row_sums<<<1, dim3(8, 8)>>>(out, x, 6);
  cudaDeviceSynchronize();
}
