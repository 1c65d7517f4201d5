// Calls that are refused: the line's reason stands behind `says:`. The program looks at each error but
// the last.
#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include <cstdio>

__global__ void k(int* x) {
  if (x != nullptr) *x = 1;
}
void look(cudaError_t error) {
  if (error != cudaSuccess) std::printf("%s\n", cudaGetErrorString(error));
}

int main() {
  int host[8] = {};
  int *x = nullptr, *y = nullptr;
  look(cudaMalloc(&x, 8));
  look(cudaMalloc(&y, 8));
  cudaMemcpy(x, host, 32, cudaMemcpyHostToDevice);  // says: the destination has 8 bytes left in x
  look(cudaGetLastError());
  look(cudaMemcpy(host, host, 4, cudaMemcpyDeviceToHost));  // says: the source is host memory
  look(cudaFree(x + 1));                                    // says: the pointer is 4 bytes into x
  look(cudaFree(host));   // says: the pointer is from no call of cudaMalloc
  look(cudaFreeHost(x));  // says: is freed with cudaFree
  look(cudaFree(x));
  look(cudaFree(x));          // says: the memory was freed already
  k<<<1, dim3(64, 32)>>>(y);  // says: a block of (64,32,1) threads has 2048; at most 1024
  look(cudaGetLastError());
  k<<<0, 32>>>(y);  // says: a grid of (0,1,1) blocks has none
  look(cudaGetLastError());
  for (int i = 0; i < 3; ++i) {
    k<<<1, 32, 50000>>>(y);  // says: 50000 bytes of dynamic shared memory
    look(cudaGetLastError());
  }
  look(cudaFree(y));
  k<<<1, 2000>>>(nullptr);  // says: a block of (2000,1,1) threads has 2000
}
