// Host code, device malloc, managed and pinned memory, float4 copies, local arrays.
#include <string>
#include <vector>

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
  float4 *in = nullptr, *out = nullptr;
  int* managed = nullptr;
  cudaMallocHost(&in, 32 * sizeof(float4));
  cudaMalloc(&out, 32 * sizeof(float4));
  cudaMallocManaged(&managed, 32 * sizeof(int));
  for (int i = 0; i < 32; ++i) in[i] = make_float4(1, 2, 3, 4);
  mixed<<<1, 32>>>(out, in, managed, Pair{3, 4});
  cudaDeviceSynchronize();
  const int first = managed[0];
  cudaFreeHost(in);
  cudaFree(out);
  cudaFree(managed);
  return first == 7 && words.size() == 10 ? 0 : 3;
}
