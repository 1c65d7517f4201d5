// One thread stores four floats at once, over the element that another warp reads.
#include "results.h"

__global__ void store(float* out) {
  __shared__ float4 s_x[2];
  float* s_flat = reinterpret_cast<float*>(s_x);
  if (threadIdx.x < 8) s_flat[threadIdx.x] = 0.0f;
  __syncthreads();
  if (threadIdx.x == 1) {
    // expect: race error thread=(1,0,0) other=(34,0,0)
    s_x[1] = make_float4(1.0f, 2.0f, 3.0f, 4.0f);
  }
  if (threadIdx.x == 34) {
    *out = s_flat[6];  // against
  }
}

int main() {
  Array<float> out(1);
  store<<<1, 64>>>(out);
  cudaDeviceSynchronize();
}
