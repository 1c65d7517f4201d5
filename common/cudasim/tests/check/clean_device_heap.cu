// One thread allocates for its block; all write and read through the pointer; one frees.
#include "results.h"

__global__ void scratch(int* out) {
  __shared__ int* s_scratch;
  const unsigned t = threadIdx.x;
  if (t == 0) s_scratch = static_cast<int*>(malloc(blockDim.x * sizeof(int)));
  __syncthreads();
  s_scratch[t] = static_cast<int>(t * t);
  __syncthreads();
  out[blockIdx.x * blockDim.x + t] = s_scratch[blockDim.x - 1 - t];
  __syncthreads();
  if (t == 0) free(s_scratch);
}

int main() {
  Array<int> out(120);
  scratch<<<3, 40>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 120; ++i) want.push_back((39 - i % 40) * (39 - i % 40));
  return compare(out.host(), want);
}
