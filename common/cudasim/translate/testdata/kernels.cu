// Kernel definitions whose parameters the hooks must name: templates, packs, pointers to functions, unnamed ones.
#include <cuda_runtime.h>

#include <type_traits>

struct Point {
  int x, y;
};
template <class T, int N>
struct Row {
  T at[N];
};
typedef int (*Function)(int);
__device__ int twice(int a) { return 2 * a; }

__global__ void nothing() {}
__global__ void only_void(void) {}
extern "C" __global__ void c_kernel(int* x, const float* __restrict__ y) { *x = y == nullptr; }
static __global__ void is_static(int* x) { *x = 1; }
__global__ static void is_static_too(int* x) { *x = 1; }
__global__ void __launch_bounds__(256, 2) bounded(int* x) { *x = 1; }
__global__ __launch_bounds__(128) void bounded_too(int* x) { *x = 1; }
void __global__ last(int* x) { *x = 1; }
__global__ void by_value(Point p, Row<int, 4> r, const unsigned int n, unsigned, int* x) {
  *x = p.x + r.at[0] + static_cast<int>(n);
}
__global__ void pointers(float (*rows)[4], int (*f)(int), int* const* lists, float array[], int* x) {
  *x = f == nullptr ? 1 : static_cast<int>(rows[0][0] + array[0]) + **lists;
}
__global__ void constant_parameter(const __grid_constant__ Point p, int* x) { *x = p.y; }
__global__ void overloaded(int* x) { *x = 1; }
__global__ void overloaded(float* x) { *x = 1; }
__global__ void declared(int* x, int a = 3);
__global__ void declared(int* x, int a) { *x = a; }
template <typename T, int N, class... Rest>
__global__ void with_pack(T* x, Rest... rest) {
  *x = T(N + int(sizeof...(rest)));
}
template <typename T>
__global__ void restricted(const T* __restrict__ in, T* const __restrict__ out) {
  *out = *in;
}
template <typename T, typename = std::enable_if_t<(sizeof(T) > 2)>>
__global__ void enabled(T* x) {
  *x = T(1);
}
template <template <class, int> class C, class T, int N>
__global__ void template_template(C<T, N> c, T* x) {
  *x = c.at[0];
}
template <class T>
__global__ void specialised(T* x) {
  *x = T(1);
}
template <>
__global__ void specialised<float>(float* x) {
  *x = 2.0f;
}
namespace a {
namespace b {
__global__ void qualified(int* x);
}
}  // namespace a
__global__ void a::b::qualified(int* x) { *x = 7; }
#define PARAMETERS int *x, int n
__global__ void hidden(PARAMETERS) { *x = n; }
#define NAMED(first, second) first##_##second
__global__ void NAMED(pasted, kernel)(int* x) { *x = 1; }

int main() {
  int* x;
  float* y;
  cudaMalloc(&x, 64);
  cudaMalloc(&y, 64);
  nothing<<<1, 1>>>();
  only_void<<<1, 1>>>();
  c_kernel<<<1, 1>>>(x, nullptr);
  is_static<<<1, 1>>>(x);
  is_static_too<<<1, 1>>>(x);
  bounded<<<1, 1>>>(x);
  bounded_too<<<1, 1>>>(x);
  last<<<1, 1>>>(x);
  by_value<<<1, 1>>>(Point{1, 2}, Row<int, 4>(), 3, 4, x);
  pointers<<<1, 1>>>(nullptr, nullptr, nullptr, y, x);
  constant_parameter<<<1, 1>>>(Point{1, 2}, x);
  overloaded<<<1, 1>>>(x);
  overloaded<<<1, 1>>>(y);
  declared<<<1, 1>>>(x);
  with_pack<int, 3><<<1, 1>>>(x, 1, 2.0f, Point{1, 2});
  cudaMemset(x, 0, 64);
  restricted<<<1, 1>>>(x, x + 1);
  restricted<int><<<1, 1>>>(x, x + 2);
  enabled<<<1, 1>>>(x);
  template_template<<<1, 1>>>(Row<float, 3>(), y);
  specialised<<<1, 1>>>(x);
  specialised<<<1, 1>>>(y);
  a::b::qualified<<<1, 1>>>(x);
  hidden<<<1, 1>>>(x, 4);
  pasted_kernel<<<1, 1>>>(x);
  return cudaDeviceSynchronize() + cudaFree(x) + cudaFree(y);
}
