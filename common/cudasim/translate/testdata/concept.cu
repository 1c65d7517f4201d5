// C++20 in a kernel: a concept, a requires clause, a template parameter list on a lambda.
#include <cuda_runtime.h>

template <class T>
concept Number = requires(T a, T b) {
  a + b;
  a* b;
};

template <Number T>
__global__ void scale(T* x, T factor, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] = x[i] * factor;
}

template <class T, int N>
  requires Number<T> && (N > 0)
__global__ void fill(T* x) {
  auto set = []<Number U>(U* p, int i) { p[i] = U(i); };
  for (int i = 0; i < N; ++i) set(x, i);
}

int main() {
  float* x;
  cudaMalloc(&x, 64 * sizeof(float));
  fill<float, 64><<<1, 1>>>(x);
  scale<<<2, 32>>>(x, 2.0f, 64);
  scale<float><<<2, 32>>>(x, 2, 64);
  return cudaDeviceSynchronize() + cudaFree(x);
}
