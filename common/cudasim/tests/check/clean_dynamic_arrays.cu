// Dynamic shared memory is cut into doubles, floats and bytes, largest alignment first.
#include "results.h"

__global__ void cut(double* out, int n) {
  extern __shared__ double s_doubles[];
  float* s_floats = reinterpret_cast<float*>(s_doubles + n);
  unsigned char* s_bytes = reinterpret_cast<unsigned char*>(s_floats + n);
  const int t = static_cast<int>(threadIdx.x);
  s_doubles[t] = 0.25 * t;
  s_floats[t] = 0.5f * static_cast<float>(t);
  s_bytes[t] = static_cast<unsigned char>(t);
  __syncthreads();
  const int left = (t + n - 1) % n;
  out[t] = s_doubles[left] + s_floats[left] + s_bytes[left];
}

int main() {
  const int n = 37;
  Array<double> out(n);
  cut<<<1, n, n*(sizeof(double) + sizeof(float) + 1)>>>(out, n);
  std::vector<double> want;
  for (int i = 0; i < n; ++i) want.push_back(1.75 * ((i + n - 1) % n));
  return compare(out.host(), want);
}
