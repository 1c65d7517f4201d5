// Elements, where bytes are meant the other way round.
int main() {
  int host[8] = {};
  int* x = nullptr;
  cudaMalloc(&x, 8);
  cudaMemcpy(x, host, sizeof host, cudaMemcpyHostToDevice);  // expect: api error
  cudaFree(x);
}
