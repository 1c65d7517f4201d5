// A transpose through a tile with one column of padding, never written and never read.
#include "results.h"

__global__ void transpose(int* out, const int* x, int M, int N) {  // out (N,M), x (M,N)
  __shared__ int s_tile[16][17];
  const int m = static_cast<int>(blockIdx.y * 16 + threadIdx.y),
            n = static_cast<int>(blockIdx.x * 16 + threadIdx.x);
  if (m < M && n < N) s_tile[threadIdx.y][threadIdx.x] = x[m * N + n];
  __syncthreads();
  const int n2 = static_cast<int>(blockIdx.x * 16 + threadIdx.y),
            m2 = static_cast<int>(blockIdx.y * 16 + threadIdx.x);
  if (m2 < M && n2 < N) out[n2 * M + m2] = s_tile[threadIdx.x][threadIdx.y];
}

int main() {
  const int M = 33, N = 21;
  Array<int> x(numbers(M * N)), out(M * N);
  transpose<<<dim3(2, 3), dim3(16, 16)>>>(out, x, M, N);
  std::vector<int> want;
  for (int i = 0; i < M * N; ++i) want.push_back(i % M * N + i / M);
  return compare(out.host(), want);
}
