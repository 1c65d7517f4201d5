// Static shared memory in a template: each instance has its own, of its own type and size.
#include "results.h"

template <class T, int N>
__device__ T rotate(T value) {
  __shared__ T s_x[N];
  s_x[threadIdx.x] = value;
  __syncthreads();
  return s_x[(threadIdx.x + 1) % N];
}

template <int N>
__global__ void both(double* out) {
  const int t = static_cast<int>(threadIdx.x);
  out[t] = rotate<double, N>(0.5 * t) + rotate<char, N>(static_cast<char>(t));
}

int main() {
  Array<double> a(40), b(33);
  both<40><<<1, 40>>>(a);
  both<33><<<1, 33>>>(b);
  std::vector<double> want_a, want_b;
  for (int i = 0; i < 40; ++i) want_a.push_back(1.5 * ((i + 1) % 40));
  for (int i = 0; i < 33; ++i) want_b.push_back(1.5 * ((i + 1) % 33));
  return compare(a.host(), want_a) | compare(b.host(), want_b);
}
