// Errors that nobody looks at: of a call whose result is dropped, and of a launch.
__global__ void nothing() {}

int main() {
  int x = 0;
  void* p = nullptr;
  nothing<<<1, 32>>>();
  if (cudaGetLastError() != cudaSuccess) return 3;
  cudaFree(&x);                                  // expect: api error
  static_cast<void>(cudaMalloc(&p, 1ul << 50));  // expect: api error
  nothing<<<1, 4096>>>();                        // expect: api error
  return cudaDeviceSynchronize() == cudaSuccess ? 0 : 3;
}
