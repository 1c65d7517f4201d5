// mma.h: matrix products of a warp (wmma, as on tensor cores). Semantics: CUDA programming guide, "Warp Matrix
// Functions". Which lane holds which elements of a fragment is not specified there; here lane l holds every
// 32nd, from number l on, so that fragments of one shape and use may be combined element by element.
// Products of halves, bfloat16 and tf32 are added up in float, in the order of k, and rounded once: tensor
// cores add in another order. Elements of fewer than 8 bits are left out.
#pragma once
#include "cuda_bf16.h"
#include "cuda_fp16.h"

namespace nvcuda {
namespace wmma {

struct row_major;
struct col_major;
struct matrix_a;
struct matrix_b;
struct accumulator;
namespace precision {
struct tf32;
}
enum layout_t { mem_row_major, mem_col_major };

// Cut to the 10 bits of mantissa of tf32, to nearest, ties away from zero.
static inline float __float_to_tf32(float x) {
  unsigned bits;
  __builtin_memcpy(&bits, &x, 4);
  if ((bits & 0x7f800000u) != 0x7f800000u) bits += 0x1000u;
  bits &= ~0x1fffu;
  __builtin_memcpy(&x, &bits, 4);
  return x;
}

namespace detail {

template <class T>
struct Storage {
  using type = T;
};
template <>
struct Storage<precision::tf32> {
  using type = float;
};

// What the operands are multiplied as; tf32 looks at the upper 19 bits alone.
template <class T>
struct Wide {
  using type = float;
  static float of(const T& x) { return (float)x; }
};
template <>
struct Wide<precision::tf32> {
  using type = float;
  static float of(float x) {
    unsigned bits;
    __builtin_memcpy(&bits, &x, 4);
    bits &= ~0x1fffu;
    __builtin_memcpy(&x, &bits, 4);
    return x;
  }
};
template <>
struct Wide<double> {
  using type = double;
  static double of(double x) { return x; }
};
template <>
struct Wide<signed char> {
  using type = int;
  static int of(signed char x) { return x; }
};
template <>
struct Wide<unsigned char> {
  using type = int;
  static int of(unsigned char x) { return x; }
};

template <class T, class U>
inline constexpr bool same = __is_same(T, U);

template <class T, int M, int N, int K>
inline constexpr bool operands = ((same<T, __half> || same<T, __nv_bfloat16> ||
                                   same<T, signed char> ||
                                   same<T, unsigned char>)&&((M == 16 && N == 16 && K == 16) ||
                                                             (M == 32 && N == 8 && K == 16) ||
                                                             (M == 8 && N == 32 && K == 16))) ||
                                 (same<T, precision::tf32> && M == 16 && N == 16 && K == 8) ||
                                 (same<T, double> && M == 8 && N == 8 && K == 4);
template <class T, int M, int N, int K>
inline constexpr bool sums = ((same<T, __half> || same<T, int>)&&operands<__half, M, N, K>) ||
                             (same<T, float> &&
                              (operands<__half, M, N, K> || operands<precision::tf32, M, N, K>)) ||
                             (same<T, double> && operands<double, M, N, K>);
// Which operands add up to which type.
template <class T, class C, class D>
inline constexpr bool adds_up = same<T, __half>
                                    ? (same<C, float> || same<C, __half>)&&(same<D, float> ||
                                                                            same<D, __half>)
                                : same<T, __nv_bfloat16> || same<T, precision::tf32>
                                    ? same<C, float>&& same<D, float>
                                : same<T, double> ? same<C, double>&& same<D, double>
                                                  : same<C, int>&& same<D, int>;

template <class T, int Rows, int Columns>
struct Elements {
  enum { num_elements = Rows * Columns / 32, num_storage_elements = num_elements };
  using element_type = T;
  using storage_element_type = typename Storage<T>::type;
  storage_element_type x[num_elements];

  // Calls body(slot, row, column) for what this lane holds.
  template <class F>
  static void each(F body) {
    for (int i = 0; i < num_elements; ++i) {
      const int number = i * 32 + (int)cudasim::lane();
      body(i, number / Columns, number % Columns);
    }
  }
};

}  // namespace detail

template <class Use, int M, int N, int K, class T, class Layout = void>
class fragment;

template <int M, int N, int K, class T, class Layout>
class fragment<matrix_a, M, N, K, T, Layout> : public detail::Elements<T, M, K> {
  static_assert(detail::operands<T, M, N, K>, "wmma has no matrix_a of this shape and type");
  static_assert(detail::same<Layout, row_major> || detail::same<Layout, col_major>,
                "a fragment of matrix_a is row_major or col_major");
};
template <int M, int N, int K, class T, class Layout>
class fragment<matrix_b, M, N, K, T, Layout> : public detail::Elements<T, K, N> {
  static_assert(detail::operands<T, M, N, K>, "wmma has no matrix_b of this shape and type");
  static_assert(detail::same<Layout, row_major> || detail::same<Layout, col_major>,
                "a fragment of matrix_b is row_major or col_major");
};
template <int M, int N, int K, class T>
class fragment<accumulator, M, N, K, T, void> : public detail::Elements<T, M, N> {
  static_assert(detail::sums<T, M, N, K>, "wmma has no accumulator of this shape and type");
};

template <class Use, int M, int N, int K, class T, class Layout, class V>
static inline void fill_fragment(fragment<Use, M, N, K, T, Layout>& f, const V& value) {
  for (auto& x : f.x) x = (typename detail::Storage<T>::type)value;
}

// All lanes have arrived before the first element is read or written; a load is complete in all of them
// when it returns.
template <class Use, int M, int N, int K, class T, class Layout>
static inline void load_matrix_sync(fragment<Use, M, N, K, T, Layout>& f,
                                    const typename detail::Storage<T>::type* p, unsigned ldm) {
  constexpr bool by_rows = detail::same<Layout, row_major>;
  __syncwarp();
  f.each([&](int i, int row, int column) {
    f.x[i] = p[by_rows ? (size_t)row * ldm + (size_t)column : (size_t)column * ldm + (size_t)row];
  });
  __syncwarp();
}
template <int M, int N, int K, class T>
static inline void load_matrix_sync(fragment<accumulator, M, N, K, T>& f, const T* p, unsigned ldm,
                                    layout_t layout) {
  __syncwarp();
  f.each([&](int i, int row, int column) {
    f.x[i] = p[layout == mem_row_major ? (size_t)row * ldm + (size_t)column
                                       : (size_t)column * ldm + (size_t)row];
  });
  __syncwarp();
}
template <int M, int N, int K, class T>
static inline void store_matrix_sync(T* p, const fragment<accumulator, M, N, K, T>& f, unsigned ldm,
                                     layout_t layout) {
  __syncwarp();
  f.each([&](int i, int row, int column) {
    p[layout == mem_row_major ? (size_t)row * ldm + (size_t)column
                              : (size_t)column * ldm + (size_t)row] = f.x[i];
  });
}

namespace detail {

// What a lane brings to a product: its parts of a and b, and where its part of the sums goes.
template <class A, class B, class W, int Count>
struct Part {
  const A* a;
  const B* b;
  W sums[Count];  // of the products alone
};

// One lane multiplies for the warp. Fragments are local variables of their lanes, nothing a check looks at.
template <int M, int N, int K, class T, class P, class W>
__attribute__((no_sanitize_thread, noinline)) void multiply(const void* const* parts) {
  W a[M * K], b[K * N];
  for (int i = 0; i < M * K; ++i) a[i] = Wide<T>::of(((const P*)parts[i % 32])->a->x[i / 32]);
  for (int i = 0; i < K * N; ++i) b[i] = Wide<T>::of(((const P*)parts[i % 32])->b->x[i / 32]);
  for (int row = 0; row < M; ++row) {
    W sum[N] = {};
    for (int k = 0; k < K; ++k) {
      for (int j = 0; j < N; ++j) sum[j] += a[row * K + k] * b[k * N + j];
    }
    for (int j = 0; j < N; ++j) {
      const int number = row * N + j;
      ((P*)const_cast<void*>(parts[number % 32]))->sums[number / 32] = sum[j];
    }
  }
}

}  // namespace detail

// d = a . b + c; with `saturate`, integers stop at the ends of their range instead of wrapping.
template <int M, int N, int K, class T, class LA, class LB, class C, class D>
static inline void mma_sync(fragment<accumulator, M, N, K, D>& d,
                            const fragment<matrix_a, M, N, K, T, LA>& a,
                            const fragment<matrix_b, M, N, K, T, LB>& b,
                            const fragment<accumulator, M, N, K, C>& c, bool saturate = false) {
  static_assert(detail::adds_up<T, C, D>, "wmma does not add these operands up to this type");
  using W = typename detail::Wide<T>::type;
  using P = detail::Part<fragment<matrix_a, M, N, K, T, LA>, fragment<matrix_b, M, N, K, T, LB>, W,
                         M * N / 32>;
  P part{&a, &b, {}};
  const void* const* parts = ::cudasim::gather_warp(&part);
  if (cudasim::lane() == 0) detail::multiply<M, N, K, T, P, W>(parts);
  __syncwarp();
  for (int i = 0; i < M * N / 32; ++i) {
    if constexpr (detail::same<D, int>) {
      const long long sum = (long long)part.sums[i] + c.x[i];
      const long long clamped = sum > 2147483647        ? 2147483647
                                : sum < -2147483647 - 1 ? -2147483647 - 1
                                                        : sum;
      d.x[i] = (int)(unsigned)(saturate ? clamped : sum);
    } else {
      d.x[i] = D((W)c.x[i] + part.sums[i]);
    }
  }
}

}  // namespace wmma
}  // namespace nvcuda
