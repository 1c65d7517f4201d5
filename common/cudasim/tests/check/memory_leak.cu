// Nothing frees it.
int main() {
  int* x = nullptr;
  cudaMalloc(&x, 400);  // expect: memory warning
  cudaMemset(x, 0, 400);
}
