// Launches written by macros: the macro's body is translated where it is defined.
#include <cuda_runtime.h>

__global__ void plain(int* x, int n) { *x = n; }
template <class T, int N>
__global__ void typed(T* x) {
  *x = T(N);
}
__global__ void copy_kernel(int* x) { *x = 1; }

#define LAUNCH(k, ...) k<<<1, 32>>>(__VA_ARGS__)
#define LAUNCH_AT(k, grid, block, ...) \
  do {                                 \
    k<<<(grid),                        \
        (block)>>>(__VA_ARGS__);       \
  } while (0)
#define LAUNCH_NAMED(name, x) name##_kernel<<<1, 1>>>(x)
#define LAUNCH_TYPED(T, N, x) typed<T, N><<<N, 1>>>(x)
#define CONFIGURED(k, ...) k<<<__VA_ARGS__>>>
#ifdef __INTELLISENSE__
#define WITH(grid, block)
#else
#define WITH(grid, block) <<<grid, block>>>
#endif
#define CHECK(call)              \
  do {                           \
    call;                        \
    (void)cudaGetLastError();    \
  } while (0)
#define KERNEL(name, op) \
  __global__ void name(int* x) { *x = 1 op 2; }
#define QUALIFIERS __global__ void
#if 0
  not translated: k<<<1>>>(x
#endif

KERNEL(adds, +)
KERNEL(subtracts, -)
QUALIFIERS hidden(int* x) { *x = 4; }

int main() {
  int* x;
  cudaMalloc(&x, 64);
  LAUNCH(plain, x, 3);
  LAUNCH((typed<int, 4>), x);
  LAUNCH_AT(plain, dim3(1), 32, x, 4);
  LAUNCH_NAMED(copy, x);
  LAUNCH_TYPED(int, 4, x);
  CONFIGURED(plain, 1, 2)(x, 3);
  CONFIGURED(plain, 1, 2, 0, 0)(x, 3);
  plain WITH(1, 2)(x, 3);
  typed<int, 4> WITH(1, dim3(2))(x);
  CHECK((plain<<<1, 2>>>(x, 1)));
  CHECK(LAUNCH(plain, x, 3));
#ifdef SOMETHING
  plain<<<1, 2>>>(x, 1);
#else
  plain<<<1, 3>>>(x, 1);
#endif
  plain<<<
#ifdef SOMETHING
      1,
#else
      2,
#endif
      3>>>(x, 1);
  adds<<<1, 1>>>(x);
  subtracts<<<1, 1>>>(x);
  hidden<<<1, 1>>>(x);
  return cudaDeviceSynchronize() + cudaFree(x);
}
