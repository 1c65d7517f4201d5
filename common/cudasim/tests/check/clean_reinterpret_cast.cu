// One buffer of bytes serves as ints, then as floats; each thread's bits change their type.
#include "results.h"

__global__ void reuse(float* out) {
  __shared__ __align__(16) unsigned char s_bytes[256];
  const unsigned t = threadIdx.x;
  int* ints = reinterpret_cast<int*>(s_bytes);
  float* floats = reinterpret_cast<float*>(s_bytes);
  ints[t] = static_cast<int>(t);
  __syncthreads();
  const int right = ints[(t + 1) % 64];
  __syncthreads();
  floats[t] = 0.5f * static_cast<float>(right);
  __syncthreads();
  out[t] =
      floats[63 - t] + static_cast<float>(s_bytes[4 * t + 3] == __float_as_int(floats[t]) >> 24);
}

int main() {
  Array<float> out(64);
  reuse<<<1, 64>>>(out);
  std::vector<float> want;
  for (int i = 0; i < 64; ++i) want.push_back(0.5f * static_cast<float>((64 - i) % 64) + 1.0f);
  return compare(out.host(), want);
}
