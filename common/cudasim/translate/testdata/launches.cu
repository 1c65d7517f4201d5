// Launches in every form that a compiler for CUDA takes. Each line's launches are compared with clang's.
#include <cuda_runtime.h>

#include <array>
#include <cstdio>
#include <utility>

__global__ void plain(int* x) { *x = 1; }
__global__ void two(int* x, const float* y) { *x = y == nullptr; }
__global__ void defaults(int* x, int a = 3, const float* b = nullptr) { *x = a + (b != nullptr); }
__global__ void overloaded(int* x) { *x = 1; }
__global__ void overloaded(float* x) { *x = 2; }
__global__ void none() {}
__global__ void pair_of(int* x, std::pair<int, int> p) { *x = p.first + p.second; }
template <class T>
__global__ void typed(T* x) {
  *x = T{};
}
template <class T, int N>
__global__ void typed_n(T* x) {
  *x = T(N);
}
template <int N, bool B = false>
__global__ void numbers(int* x) {
  *x = N + B;
}
template <bool B, class... T>
__global__ void pack(int* x, T... rest) {
  *x = B + int(sizeof...(rest));
}
template <template <class> class C, class T>
__global__ void nested(C<T>* x) {
  (void)x;
}
template <class F>
__global__ void with_function(F f, int n) {
  f(n);
}
template <class T>
struct Box {
  static constexpr int n = sizeof(T) > 4 ? 2 : 1;
  T value;
};
template <int A, int B>
struct Less {
  static constexpr bool value = A < B;
};
namespace outer {
namespace inner {
__global__ void deep(int* x) { *x = 5; }
template <class T>
__global__ void deep_typed(T* x) {
  *x = T(6);
}
}  // namespace inner
struct Scope {
  static constexpr int threads = 32;
};
}  // namespace outer

struct Entry {
  const char* name;
  void (*kernel)(int*);
};
struct Holder {
  void (*kernel)(int*);
  Holder* next;
  void go(int* x) {
    kernel<<<1, 2>>>(x);
    this->kernel<<<1, 2>>>(x);
    (*this).next->kernel<<<1, 2>>>(x);
  }
};
void (*choose(int which))(int*) { return which > 1 ? plain : outer::inner::deep; }

#define CHECK(...)                                  \
  do {                                              \
    __VA_ARGS__;                                    \
    if (cudaGetLastError() != 0) std::puts("wrong"); \
  } while (0)

template <class T, int N>
void in_a_template(T* x, int n, cudaStream_t stream) {
  typed<T><<<1, N>>>(x);
  typed_n<T, N><<<(n + N - 1) / N, N, N * sizeof(T), stream>>>(x);
  typed_n<T, (N >> 1)><<<n, N>>>(x);
  typed_n<T, Box<T>::n><<<Box<T>::n, Box<Box<T>>::n>>>(x);
  numbers<N, (N > 3)><<<N, n < N ? n : N>>>(reinterpret_cast<int*>(x));
  typed<<<1, 1>>>(x);
  if constexpr (N > 2) typed<<<1, 2>>>(x); else typed<<<1, 3>>>(x);
  nested<Box, T><<<1, 1>>>(nullptr);
}

int main() {
  const int N = 8, M = 2;
  int n = 4, a = 3, b = 1;
  int* x;
  cudaMalloc(&x, 64);
  float* y;
  cudaMalloc(&y, 64);
  cudaStream_t stream = 0;
  dim3 grid(2), block(4, 2);

  plain<<<1, 2>>>(x);
  plain<<<grid, block>>>(x);
  plain <<< grid , block , 0 , stream >>> (x);
  plain<<<dim3{2, 2}, dim3(4)>>>(x), plain<<<1, 1>>>(x);
  none<<<1, 1>>>();
  two<<<1, 1>>>(x, NULL);
  two<<<1, 1>>>(x, 0);
  two<<<1, 1>>>(x, {});
  pair_of<<<1, 1>>>(x, {1, 2});
  defaults<<<1, 1>>>(x);
  defaults<<<1, 1>>>(x, 4);
  overloaded<<<1, 1>>>(x);
  overloaded<<<1, 1>>>(y);
  (plain)<<<1, 1>>>(x);
  (&plain)<<<1, 1>>>(x);
  (*&plain)<<<1, 1>>>(x);
  ::plain<<<1, 1>>>(x);
  outer::inner::deep<<<1, outer::Scope::threads>>>(x);
  ::outer::inner::deep_typed<float><<<1, ::outer::Scope::threads>>>(y);
  outer::inner::deep_typed<<<1, 1>>>(x);

  // Template arguments: commas, shifts, comparisons, nested.
  typed_n<int, 3><<<1, 2>>>(x);
  numbers<(N >> 1)><<<1, 2>>>(x);
  numbers<(N >> 1), (M > 3)><<<1, 2>>>(x);
  numbers<N << 1, N != M><<<1, 2>>>(x);
  numbers<N, N < M><<<1, 2>>>(x);
  numbers<N, Less<N, M>::value><<<Less<1, 2>::value, 1>>>(x);
  numbers<sizeof(Box<Box<int>>)><<<1, 1>>>(x);
  pack<true, int, std::pair<int, Box<float>>><<<1, 1>>>(x, 1, std::pair<int, Box<float>>());
  pack<(N > M)><<<1, 1>>>(x, 1, 2.0f);
  nested<Box, Box<int>><<<1, 1>>>(nullptr);
  typed<Box<Box<int>>><<<1, 1>>>(reinterpret_cast<Box<Box<int>>*>(x));

  // The configuration: comparisons, shifts, templates, calls.
  plain<<<a > b ? 1 : 2, a < b ? 3 : 4>>>(x);
  plain<<<a >> 1, b << 2>>>(x);
  plain<<<(a > b), (a >> b)>>>(x);
  plain<<<a, n>>>(x);
  plain<<<Box<Box<Box<int>>>::n, Box<int>::n>>>(x);
  plain<<<Box<std::array<int, 3>>::n, std::max<int>(a, b)>>>(x);
  plain<<<static_cast<unsigned>(n), (n > 3 ? std::min(a, b) : 1)>>>(x);
  plain<<<n < 5, 32>>>(x), plain<<<1, n > 3>>>(x);
  plain<<<n / 2 + (n % 2 != 0), [](int q) { return q > 3 ? 1 : 2; }(n)>>>(x);
  plain<<<1, 1, sizeof(Box<Box<float>>), 0>>>(x);

  // Where an expression may stand.
  CHECK(plain<<<1, 1>>>(x));
  CHECK((plain<<<1, 1>>>(x)));
  CHECK((typed_n<int, 2><<<1, 1>>>(x)));
  CHECK(typed_n<int, 2><<<1, 1>>>(x));
  (void)plain<<<1, 1>>>(x);
  (void)(plain)<<<1, 1>>>(x);
  a > b ? plain<<<1, 1>>>(x) : plain<<<1, 2>>>(x);
  a++, plain<<<1, 1>>>(x);
  if (a < b) plain<<<1, 1>>>(x);
  if (a < b) (plain)<<<1, 1>>>(x); else (plain)<<<1, 2>>>(x);
  for (int i = 0; i < 2; plain<<<1, 1>>>(x), ++i) plain<<<i + 1, 1>>>(x);
  do plain<<<1, 1>>>(x); while (a++ < 3);
  switch (a) { case 1: plain<<<1, 1>>>(x); break; default: plain<<<1, 2>>>(x); }
  auto launch = [&](int threads) { plain<<<1, threads>>>(x); };
  launch(3);
  auto returns = [=] { return plain<<<1, 1>>>(x); };
  returns();
label:
  plain<<<1, 1>>>(x);
  if (a < 0) goto label;

  // Pointers to kernels.
  void (*pointer)(int*) = plain;
  pointer<<<1, 1>>>(x);
  (*pointer)<<<1, 1>>>(x);
  void (*pointers[])(int*) = {plain, outer::inner::deep};
  pointers[1]<<<1, 1>>>(x);
  pointers[(a > b)]<<<1, 1>>>(x);
  Entry table[] = {{"plain", plain}, {"deep", outer::inner::deep}};
  table[0].kernel<<<1, 1>>>(x);
  (&table[1])->kernel<<<1, 1>>>(x);
  for (const Entry& entry : table) entry.kernel<<<1, 1>>>(x);
  choose(2)<<<1, 1>>>(x);
  choose(choose(1) == plain)<<<1, 1>>>(x);
  static_cast<void (*)(int*)>(overloaded)<<<1, 1>>>(x);
  auto& reference = plain;
  reference<<<1, 1>>>(x);
  Holder holder{plain, nullptr};
  holder.next = &holder;
  holder.go(x);
  holder.next->next->kernel<<<1, 1>>>(x);

  // Over lines, with comments and what only looks like a launch.
  plain /* <<<1, 2>>>(x) */ <<<1,  // >>>(x)
                             2>>>  /* a comment */
      (x);
  typed_n<int,
          4>
      <<<dim3(1,
              1),
         dim3(2)>>>(
          x);
  std::printf("%s %s\n", "plain<<<1, 2>>>(x)", R"(plain<<<1>>>(x))");
  std::printf("%s %c\n", R"x(
plain<<<1, 2>>>)")x", '<');
  const int digits = 1'000'000; plain<<<1, digits / 1'000'000>>>(x);
  in_a_template<int, 4>(x, n, stream);
  return cudaDeviceSynchronize() + cudaFree(x) + cudaFree(y);
}
