// A maximum of floats by compare-and-swap on their bits.
#include "results.h"

__device__ void atomic_max(float* to, float value) {
  int* bits = reinterpret_cast<int*>(to);
  int old = *bits;
  while (__int_as_float(old) < value) {
    const int assumed = old;
    old = atomicCAS(bits, assumed, __float_as_int(value));
    if (old == assumed) break;
  }
}

__global__ void maximum(float* out, const float* x) {
  atomic_max(out, x[blockIdx.x * 32 + threadIdx.x]);
}

int main() {
  std::vector<float> host;
  for (int i = 0; i < 128; ++i) host.push_back(static_cast<float>(i * 61 % 128) - 3.5f);
  Array<float> x(host), out(std::vector<float>{-100.0f});
  maximum<<<4, 32>>>(out, x);
  return compare(out.host(), {123.5f});
}
