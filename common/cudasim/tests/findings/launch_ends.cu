// What ends a launch: the argument says which. Its line is marked, the launch's error is printed.
#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>

__global__ void asserts(int n) {
  assert(threadIdx.x < n);  // assert
}
__global__ void divides(int* x, int n) {
  *x = 100 / n;  // fault
}
__global__ void traps() {
  __trap();  // trap
}
__global__ void waits(volatile int* x) {
  while (*x == 0) {  // hang
  }
}
__global__ void writes(int* x) {
  *x = 1;  // memory
}
__global__ void meets() {
  if (threadIdx.x < 16) {
    __syncwarp();  // barrier
  } else {
    __syncthreads();
  }
}
__global__ void grid() {
  cooperative_groups::this_grid().sync();  // grid
}
__global__ void asks(int* x) {
  cudaMalloc(&x, 4);  // api
}
__device__ int deep(volatile int* x, int n) {  // stack
  volatile int here[64];
  here[n % 64] = *x;
  return n == 0 ? here[0] : deep(x, n - 1) + here[n % 64];
}
__global__ void recurses(int* x) { *x = deep(x, 10000000); }
__global__ void clears(char* x, int n) {
  std::memset(x, 0, n);  // memset
}
__global__ void measures(const char* x, int* length) {
  *length = static_cast<int>(std::strlen(x));  // strlen
}
__global__ void copies(const float4* x, int* out) {
  *out = static_cast<int>(reinterpret_cast<const volatile float*>(x)[0]);  // wild
}

int main(int count, char** words) {
  const int which = count > 1 ? std::atoi(words[1]) : 0;
  int* x = nullptr;
  cudaMalloc(&x, sizeof *x);
  cudaMemset(x, 0, sizeof *x);
  if (which == 0) asserts<<<1, 4>>>(2);
  if (which == 1) divides<<<1, 1>>>(x, 0);
  if (which == 2) traps<<<1, 1>>>();
  if (which == 3) waits<<<1, 1>>>(x);
  if (which == 4) writes<<<1, 1>>>(x + 4096);
  if (which == 5) writes<<<1, 1>>>(nullptr);
  if (which == 6) meets<<<1, 32>>>();
  if (which == 7) grid<<<1, 32>>>();
  if (which == 8) asks<<<1, 1>>>(x);
  if (which == 9) recurses<<<1, 1>>>(x);
  if (which == 10) clears<<<1, 1>>>(nullptr, count * 1000);
  if (which == 11) measures<<<1, 1>>>(reinterpret_cast<const char*>(x) + 40000, x);
  if (which == 12) copies<<<1, 1>>>(reinterpret_cast<const float4*>(1ul << 62), x);
  std::printf("%s\n", cudaGetErrorName(cudaDeviceSynchronize()));
}
