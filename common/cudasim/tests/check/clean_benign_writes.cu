// All threads write the same value to one place: no order of them matters.
#include "results.h"

__global__ void any_negative(int* out, const int* in) {
  __shared__ int s_found;
  if (threadIdx.x == 0) s_found = 0;
  __syncthreads();
  if (in[threadIdx.x] < 0) s_found = 1;
  __syncthreads();
  if (threadIdx.x == 0) *out = s_found;
}

int main() {
  std::vector<int> host;
  for (int i = 0; i < 128; ++i) host.push_back(i % 3 - 1);
  Array<int> in(host), out(1);
  any_negative<<<1, 128>>>(out, in);
  return compare(out.host(), {1});
}
