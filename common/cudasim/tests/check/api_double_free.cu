// The second cudaFree names what is no array any more.
int main() {
  int* x = nullptr;
  cudaMalloc(&x, 400);
  cudaFree(x);
  cudaFree(x);  // expect: api error
}
