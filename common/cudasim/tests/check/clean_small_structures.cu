// Structures with holes, small enough to be copied by one instruction, in global and shared memory.
#include "results.h"

struct Small {  // a hole of three bytes
  char tag;
  int value;
};
struct Wide {  // a hole of seven bytes
  char tag;
  double value;
};

template <class T>
__global__ void create(T* out) {
  out[threadIdx.x].tag = 'a';
  out[threadIdx.x].value = static_cast<int>(threadIdx.x);
}
template <class T>
__global__ void reverse(T* x) {
  __shared__ T s_x[40];
  const unsigned t = threadIdx.x;
  s_x[t].tag = x[t].tag;
  s_x[t].value = x[t].value;
  __syncthreads();
  x[t] = s_x[39 - t];
}
template <class T>
__global__ void copy(T* to, const T* from) {
  to[threadIdx.x] = from[threadIdx.x];
}

template <class T>
std::vector<double> round_trip() {
  Array<T> a(40), b(40), c(40);
  T *x = a, *y = b, *z = c;
  create<<<1, 40>>>(x);
  copy<<<1, 40>>>(y, x);
  reverse<<<1, 40>>>(y);
  copy<<<1, 40>>>(z, y);
  std::vector<double> values;
  for (const T& r : c.host()) values.push_back(r.tag + r.value);
  return values;
}

int main() {
  std::vector<double> want;
  for (int i = 0; i < 40; ++i) want.push_back('a' + 39 - i);
  return compare(round_trip<Small>(), want) | compare(round_trip<Wide>(), want);
}
