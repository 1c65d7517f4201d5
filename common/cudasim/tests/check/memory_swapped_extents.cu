// The guard compares rows with the number of columns: right for square matrices only.
#include "results.h"

__global__ void fill(int* x, int M, int N) {  // x (M,N)
  const int m = static_cast<int>(threadIdx.y), n = static_cast<int>(threadIdx.x);
  if (m < N && n < M) {
    x[m * N + n] = m;  // expect: memory error if t.y >= 5 and t.x < 5
  }
}

int main() {
  Array<int> x(5 * 9);
  fill<<<1, dim3(9, 9)>>>(x, 5, 9);
  cudaDeviceSynchronize();
}
