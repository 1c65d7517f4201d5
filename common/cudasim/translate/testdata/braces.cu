// Braces where a configuration or an argument is wanted: nvcc takes them, clang 14 does not.
#include <cuda_runtime.h>

struct Extents {
  int rows, columns;
};
__global__ void plain(int* x) { *x = 1; }
__global__ void sized(int* x, Extents e) { if (x) *x = e.rows * e.columns; }
template <class T, int N>
__global__ void typed(T* x) {
  *x = T(N);
}

int main() {
  int* x;
  cudaMalloc(&x, 64);
  plain<<<{2, 2}, {4, 1, 1}>>>(x);
  typed<int, 3><<<{1}, {3}>>>(x);
  plain<<<{}, {1, 2}, 0, nullptr>>>(x);
  sized<<<{2}, 4>>>(x, {3, 4});
  sized<<<1, dim3{4, 2}>>>({}, {});
  return cudaDeviceSynchronize() + cudaFree(x);
}
