// Ten floats are no whole number of float4: the third reads two floats too many.
#include "results.h"

__global__ void sum(float* out, const float4* x, int n) {
  const int i = static_cast<int>(threadIdx.x);
  if (i * 4 < n) {
    const float4 v = x[i];  // expect: memory error thread=(2,0,0) count=1
    out[i] = v.x + v.y;
  }
}

int main() {
  Array<float> x(std::vector<float>(10, 1.0f)), out(3);
  sum<<<1, 32>>>(out, reinterpret_cast<const float4*>(static_cast<float*>(x)), 10);
  cudaDeviceSynchronize();
}
