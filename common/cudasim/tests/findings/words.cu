// What findings say: the text behind `says:` stands in a finding about its line; that behind `not:`
// in none.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

__constant__ float weights[2][3];

__global__ void tiles(int* out) {
  __shared__ int tile[4][8];
  __shared__ float one;
  if (threadIdx.x < 32) tile[threadIdx.x / 8][threadIdx.x % 8] = 0;  // says: tile[1][1] written by
  if (threadIdx.x == 40) tile[1][1] = 1;
  if (threadIdx.x == 4) tile[5][2] = 2;    // says: at tile[5][2], 40 bytes past the end
  if (threadIdx.x == 5) tile[-1][3] = 2;   // says: at tile[-1][3], 20 bytes before the beginning
  if (threadIdx.x == 6) out[0] = one > 0;  // says: read of 4 bytes at one, which
  weights[1][2] = 3;                       // says: write of 4 bytes at weights[1][2], in constant
}
__global__ void writes(float* x, long i) {
  x[i] = 1;  // says: hold how it is computed against the array's size
             // not: guard on the last
}
__global__ void guards(float* x) {
  x[blockIdx.x * blockDim.x + threadIdx.x] = 1;  // says: guard on the last, partly filled block
}
__global__ void below(float* x) {
  x[-1] = 1;  // says: The index is below zero
}
__global__ void wide(float* x) {
  *reinterpret_cast<float4*>(x + 96) = float4{};  // says: wider than what is left
}
__global__ void nearly(int* x) {
  if (x != nullptr) x[2] = 1;
}
__global__ void sorts(int* x) {
  std::sort(x, x + 20);  // says: past the end of the array of 64 bytes
}

int main() {
  float* x = nullptr;
  cudaMalloc(&x, 392);
  int *a = nullptr, *b = nullptr;
  cudaMalloc(&a, 64), cudaMalloc(&b, 128);  // says: 2 arrays of 192 bytes in all, allocated here
  int* c[3];
  for (int*& each : c) cudaMalloc(&each, 40);  // says: 3 arrays of 40 bytes each, allocated here
  cudaMemset(a, 0, 64);
  tiles<<<1, 64>>>(b);
  writes<<<1, 1>>>(x, 120);
  guards<<<4, 32>>>(x);
  below<<<1, 1>>>(x);
  wide<<<1, 1>>>(x);
  sorts<<<1, 1>>>(a);
  std::vector<float> host(98);
  cudaMemcpy(host.data(), x, 392, cudaMemcpyDeviceToHost);
  int got[32];
  cudaMemcpy(got, b, 128, cudaMemcpyDefault);  // says: elements 1 to 31 (of 4 bytes each) were
  std::memcpy(got, x, 16);                     // says: of device memory by host code
  std::sort(a, a + 2);                         // says: of device memory by host code
  cudaFree(x);
}
