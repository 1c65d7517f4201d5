// Shared memory in every form: sized and extern, in templates, in a namespace, several names for one memory.
#include <cuda_runtime.h>

struct Point {
  float x, y;
};
extern __shared__ float at_file_scope[];
__shared__ int sized_at_file_scope[32];
namespace space {
extern __shared__ __align__(16) Point points[];
__global__ void in_namespace(float* out) {
  points[threadIdx.x] = {1.0f, 2.0f};
  __syncthreads();
  out[threadIdx.x] = points[threadIdx.x].x + points[threadIdx.x].y;
}
}  // namespace space

template <class T>
struct Dynamic {
  __device__ operator T*() {
    extern __shared__ int memory[];
    return reinterpret_cast<T*>(memory);
  }
};
__device__ void set(float* tile, int i) { tile[i] = static_cast<float>(i); }
template <int N>
__device__ void set_array(float (&tile)[N], int i) {
  tile[i] = static_cast<float>(N);
}

template <class T, int N>
__global__ void sized(T* out) {
  __shared__ T tile[N][N + 1], other[N];
  __shared__ T last;
  static __shared__ volatile int count[1];
  const int i = static_cast<int>(threadIdx.x);
  if (i < N) {
    tile[i][0] = T(i);
    other[i] = T(1);
  }
  if (i == 0) {
    last = T(3);
    count[0] = 4;
  }
  __syncthreads();
  if (i < N) out[i] = tile[N - 1 - i][0] + other[i] + last + T(count[0]);
}

__global__ void dynamic(float* out, int n) {
  extern __shared__ float tile[];
  extern __shared__ unsigned char bytes[];
  extern __shared__ __align__(sizeof(double)) volatile int words[];
  static_assert(sizeof(tile[0]) == 4);
  const int i = static_cast<int>(threadIdx.x);
  set(tile, i);
  set(&tile[0], i);
  __syncthreads();
  out[i] = tile[n - 1 - i] + static_cast<float>(bytes[0]) + static_cast<float>(words[0]);
}
__global__ void through_names(float* out) {
  at_file_scope[threadIdx.x] = 2.0f;
  sized_at_file_scope[threadIdx.x] = 3;
  __syncthreads();
  float* view = Dynamic<float>();
  out[threadIdx.x] = view[threadIdx.x] + static_cast<float>(sized_at_file_scope[threadIdx.x]);
}
__global__ void by_reference(float* out) {
  __shared__ float tile[32];
  set_array(tile, static_cast<int>(threadIdx.x));
  __syncthreads();
  out[threadIdx.x] = tile[31 - threadIdx.x];
}

// How many of the first n elements differ from what `want` says of their index.
template <class T, class F>
int wrong(const T* device, int n, F want) {
  T host[32];
  cudaMemcpy(host, device, static_cast<size_t>(n) * sizeof(T), cudaMemcpyDeviceToHost);
  int count = 0;
  for (int i = 0; i < n; ++i) count += !(host[i] == static_cast<T>(want(i)));
  return count;
}

int main() {
  float* out;
  double* doubles;
  cudaMalloc(&out, 32 * sizeof(float));
  cudaMalloc(&doubles, 32 * sizeof(double));
  int errors = 0;
  sized<float, 32><<<1, 32>>>(out);
  errors += wrong(out, 32, [](int i) { return 31 - i + 8; });
  sized<double, 4><<<1, 32>>>(doubles);
  errors += wrong(doubles, 4, [](int i) { return 3 - i + 8; });
  dynamic<<<1, 32, 32 * sizeof(float)>>>(out, 32);
  errors += wrong(out, 32, [](int i) { return 31 - i; });  // bytes[0] and words[0] are of tile[0], 0.0f
  space::in_namespace<<<1, 32, 32 * sizeof(Point)>>>(out);
  errors += wrong(out, 32, [](int) { return 3; });
  through_names<<<1, 32, 128>>>(out);
  errors += wrong(out, 32, [](int) { return 5; });
  by_reference<<<1, 32>>>(out);
  errors += wrong(out, 32, [](int) { return 32; });
  return errors + cudaDeviceSynchronize() + cudaFree(out) + cudaFree(doubles);
}
