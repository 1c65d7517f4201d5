// The host reads what only kernels may.
int main() {
  int* x = nullptr;
  cudaMalloc(&x, 4 * sizeof(int));
  cudaMemset(x, 0, 4 * sizeof(int));
  const int first = x[0];  // expect: memory error
  cudaFree(x);
  return first;
}
