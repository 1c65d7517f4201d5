// The second kernel expects the first one's shared memory.
#include "results.h"

__global__ void produce(int* out) {
  __shared__ int s_x[32];
  s_x[threadIdx.x] = 1;
  out[threadIdx.x] = s_x[threadIdx.x];
}
__global__ void consume(int* out) {
  __shared__ int s_x[32];
  out[threadIdx.x] = s_x[threadIdx.x];  // expect: init error count=32
}

int main() {
  Array<int> out(32);
  produce<<<1, 32>>>(out);
  consume<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
