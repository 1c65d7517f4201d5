// Host code, device malloc, managed and pinned memory, float4 copies, local arrays.
#include <string>

#include "results.h"

struct Pair {
  int a, b;
};

__global__ void mixed(float4* out, const float4* in, int* managed, Pair p) {
  int local[4];
  for (int i = 0; i < 4; ++i) local[i] = static_cast<int>(threadIdx.x) + i;
  int* heap = static_cast<int*>(malloc(2 * sizeof(int)));
  heap[0] = local[threadIdx.x % 4];
  heap[1] = p.a + p.b;
  out[threadIdx.x] = in[threadIdx.x];
  managed[threadIdx.x] = heap[0] + heap[1];
  free(heap);
}

int main() {
  std::vector<std::string> words(10, "some longer text than fits in place");
  float4* in = nullptr;
  int* managed = nullptr;
  Array<float4> out(32);
  cudaMallocHost(&in, 32 * sizeof(float4));
  cudaMallocManaged(&managed, 32 * sizeof(int));
  for (int i = 0; i < 32; ++i) in[i] = make_float4(1, 2, 3, 4);
  mixed<<<1, 32>>>(out, in, managed, Pair{3, 4});
  cudaDeviceSynchronize();
  std::vector<int> got(managed, managed + 32), want;
  for (int i = 0; i < 32; ++i) want.push_back(i + i % 4 + 7);
  for (const float4& v : out.host()) {
    got.push_back(static_cast<int>(v.x + 10 * v.y + 100 * v.z + 1000 * v.w));
    want.push_back(4321);
  }
  cudaFreeHost(in);
  cudaFree(managed);
  return compare(got, want) | (words.size() == 10 ? 0 : 2);
}
