// An array of device pointers in device memory, rows of different lengths.
#include "results.h"

__global__ void lengths(int* out, int* const* rows, const int* n) {
  const unsigned r = threadIdx.x;
  int sum = 0;
  for (int i = 0; i < n[r]; ++i) sum += rows[r][i];
  out[r] = sum;
}

int main() {
  std::vector<int*> rows(4);
  std::vector<int> n = {0, 1, 5, 9};
  for (size_t r = 0; r < 4; ++r) {
    const std::vector<int> ones(static_cast<size_t>(n[r]), 1);
    cudaMalloc(&rows[r], ones.size() * sizeof(int));
    cudaMemcpy(rows[r], ones.data(), ones.size() * sizeof(int), cudaMemcpyHostToDevice);
  }
  Array<int*> table(rows);
  Array<int> counts(n), out(4);
  lengths<<<1, 4>>>(out, table, counts);
  const int status = compare(out.host(), n);
  for (int* row : rows) cudaFree(row);
  return status;
}
