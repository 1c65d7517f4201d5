// Three bytes of a word were written, the whole word is read.
#include "results.h"

__global__ void pack(unsigned* out) {
  __shared__ unsigned s_word;
  auto* bytes = reinterpret_cast<unsigned char*>(&s_word);
  if (threadIdx.x < 3) bytes[threadIdx.x] = 1;
  __syncthreads();
  if (threadIdx.x == 0) {
    *out = s_word;  // expect: init error thread=(0,0,0) count=1
  }
}

int main() {
  Array<unsigned> out(1);
  pack<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
