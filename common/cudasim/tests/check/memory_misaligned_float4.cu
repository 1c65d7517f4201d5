// A float4 must lie at a multiple of 16 bytes; x + 1 does not.
#include "results.h"

__global__ void sum(float* out, const float* x) {
  const float4 v = *reinterpret_cast<const float4*>(x + 1);  // expect: memory error thread=(0,0,0)
  *out = v.x + v.y + v.z + v.w;
}

int main() {
  Array<float> x(std::vector<float>(8, 1.0f)), out(1);
  sum<<<1, 1>>>(out, x);
  cudaDeviceSynchronize();
}
