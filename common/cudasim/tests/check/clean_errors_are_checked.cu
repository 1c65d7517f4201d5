// Errors that the program provokes, looks at and clears: none goes unnoticed.
#include "results.h"

__global__ void fill(int* x) { x[threadIdx.x] = 1; }

int main() {
  Array<int> x(32);
  std::vector<int> codes;
  fill<<<1, 2000>>>(x);
  codes.push_back(cudaGetLastError());
  fill<<<0, 32>>>(x);
  codes.push_back(cudaPeekAtLastError());
  codes.push_back(cudaGetLastError());
  int* none = nullptr;
  codes.push_back(cudaMalloc(&none, size_t{1} << 50));
  codes.push_back(cudaGetLastError());
  fill<<<1, 32>>>(x);
  codes.push_back(cudaGetLastError());
  codes.push_back(cudaDeviceSynchronize());
  return compare(codes, {9, 9, 9, 2, 2, 0, 0}) | compare(x.host(), std::vector<int>(32, 1));
}
