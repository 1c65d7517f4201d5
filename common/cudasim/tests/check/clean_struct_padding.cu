// A structure with holes is copied whole: its padding holds nothing, and nobody looks at it.
#include "results.h"

struct Record {
  char tag;
  double value;
  short count;
};

__global__ void create(Record* out) {
  out[threadIdx.x].tag = 'a';
  out[threadIdx.x].value = 0.5 * threadIdx.x;
  out[threadIdx.x].count = static_cast<short>(threadIdx.x);
}
__global__ void rotate(Record* out, const Record* in) {
  __shared__ Record s_records[40];
  const unsigned t = threadIdx.x;
  s_records[t] = in[t];
  __syncthreads();
  const Record left = s_records[(t + 39) % 40];
  out[t] = left;
}

int main() {
  Array<Record> a(40), b(40);
  create<<<1, 40>>>(a);
  rotate<<<1, 40>>>(b, a);
  std::vector<double> got, want;
  for (const Record& r : b.host()) got.push_back(r.tag + r.value + r.count);
  for (int i = 0; i < 40; ++i) want.push_back('a' + 1.5 * ((i + 39) % 40));
  return compare(got, want);
}
