// Threads that find nothing leave the loop, and the others wait for them at its barrier.
#include "results.h"

__global__ void search(int* out, const int* x, int n) {
  __shared__ int s_x[32];
  for (int i = 0; i < n; i += 32) {
    s_x[threadIdx.x] = x[i + static_cast<int>(threadIdx.x)];
    if (s_x[threadIdx.x] % 32 == 5) break;
    __syncthreads();  // against
  }
  __syncthreads();  // expect: barrier error thread=(5,0,0) if o.x != 5
  out[threadIdx.x] = s_x[threadIdx.x];
}

int main() {
  Array<int> x(numbers(64)), out(32);
  search<<<1, 32>>>(out, x, 64);
  cudaDeviceSynchronize();
}
