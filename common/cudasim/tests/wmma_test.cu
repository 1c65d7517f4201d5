// Products of a warp: every shape, type and layout against sums in double; element-wise work on fragments;
// a tiled product by several warps.
#include <gtest/gtest.h>
#include <mma.h>

#include <cmath>
#include <random>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

namespace wmma = nvcuda::wmma;

template <class T>
struct Stored {
  using type = T;
};
// nvcc compiles for older devices too, which have no bfloat16, tf32 or double here.
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define SINCE_AMPERE 1
template <>
struct Stored<wmma::precision::tf32> {
  using type = float;
};
#endif

template <int M, int N, int K, class T, class LA, class LB, class C>
__global__ void one_product(C* d, const typename Stored<T>::type* a,
                            const typename Stored<T>::type* b, const C* c, unsigned lda,
                            unsigned ldb, unsigned ldc, bool by_rows) {
  wmma::fragment<wmma::matrix_a, M, N, K, T, LA> fa;
  wmma::fragment<wmma::matrix_b, M, N, K, T, LB> fb;
  wmma::fragment<wmma::accumulator, M, N, K, C> fc;
  wmma::load_matrix_sync(fa, a, lda);
  wmma::load_matrix_sync(fb, b, ldb);
  const wmma::layout_t layout = by_rows ? wmma::mem_row_major : wmma::mem_col_major;
  wmma::load_matrix_sync(fc, c, ldc, layout);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, ldc, layout);
}

// Quarters between -4 and 4: exact in every type, and so are all sums of up to 2^24 sixteenths. Where the
// sums are halves, which round above 64, values are smaller.
template <class T>
T exact(std::mt19937& random, bool integers, int range) {
  const int v = static_cast<int>(random() % static_cast<unsigned>(2 * range + 1)) - range;
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(std::is_unsigned_v<T> ? v + range : v);
  } else {
    return T(integers ? static_cast<float>(v) : static_cast<float>(v) / 4);
  }
}
template <class T>
double number(T x) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(x);
  } else {
    return static_cast<double>(static_cast<float>(x));
  }
}

template <int M, int N, int K, class T, class LA, class LB, class C>
void check_layouts() {
  using S = typename Stored<T>::type;
  constexpr bool kRowsA = std::is_same_v<LA, wmma::row_major>;
  constexpr bool kRowsB = std::is_same_v<LB, wmma::row_major>;
  constexpr bool kHalf = std::is_same_v<C, __half>;
  std::mt19937 random(M * 100 + N * 10 + K);
  const int lda = (kRowsA ? K : M) + 16, ldb = (kRowsB ? N : K) + 16;
  std::vector<S> a(static_cast<std::size_t>(lda * (kRowsA ? M : K)));
  std::vector<S> b(static_cast<std::size_t>(ldb * (kRowsB ? K : N)));
  for (S& x : a) x = exact<S>(random, kHalf, kHalf ? 3 : 16);
  for (S& x : b) x = exact<S>(random, kHalf, kHalf ? 3 : 16);
  for (const bool by_rows : {true, false}) {
    const int ldc = (by_rows ? N : M) + 16, lines = by_rows ? M : N;
    std::vector<C> c(static_cast<std::size_t>(ldc * lines));
    for (C& x : c) x = exact<C>(random, kHalf, 5);
    DeviceArray<S> d_a(a), d_b(b);
    DeviceArray<C> d_c(c), d_d(c);
    one_product<M, N, K, T, LA, LB, C>
        <<<1, 32>>>(d_d.data(), d_a.data(), d_b.data(), d_c.data(), static_cast<unsigned>(lda),
                    static_cast<unsigned>(ldb), static_cast<unsigned>(ldc), by_rows);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    const std::vector<C> got = d_d.host();
    for (int i = 0; i < M; ++i) {
      for (int j = 0; j < N; ++j) {
        const auto at = static_cast<std::size_t>(by_rows ? i * ldc + j : j * ldc + i);
        double sum = number(c[at]);
        for (int k = 0; k < K; ++k) {
          sum += number(a[static_cast<std::size_t>(kRowsA ? i * lda + k : k * lda + i)]) *
                 number(b[static_cast<std::size_t>(kRowsB ? k * ldb + j : j * ldb + k)]);
        }
        ASSERT_EQ(number(got[at]), sum) << M << "x" << N << "x" << K << " at " << i << "," << j;
      }
    }
    for (int line = 0; line < lines; ++line) {  // between the lines nothing is written
      const auto at = static_cast<std::size_t>(line * ldc + ldc - 1);
      ASSERT_EQ(number(got[at]), number(c[at]));
    }
  }
}
template <int M, int N, int K, class T, class C>
void check_shape() {
  check_layouts<M, N, K, T, wmma::row_major, wmma::row_major, C>();
  check_layouts<M, N, K, T, wmma::row_major, wmma::col_major, C>();
  check_layouts<M, N, K, T, wmma::col_major, wmma::row_major, C>();
  check_layouts<M, N, K, T, wmma::col_major, wmma::col_major, C>();
}
template <class T, class C>
void check_shapes() {
  check_shape<16, 16, 16, T, C>();
  check_shape<32, 8, 16, T, C>();
  check_shape<8, 32, 16, T, C>();
}

TEST(Wmma, HalvesIntoFloats) { check_shapes<__half, float>(); }
TEST(Wmma, HalvesIntoHalves) { check_shapes<__half, __half>(); }
TEST(Wmma, Bytes) {
  check_shapes<signed char, int>();
  check_shapes<unsigned char, int>();
}
#ifdef SINCE_AMPERE
TEST(Wmma, Bfloat16) { check_shapes<__nv_bfloat16, float>(); }
TEST(Wmma, Tf32AndDouble) {
  check_shape<16, 16, 8, wmma::precision::tf32, float>();
  check_shape<8, 8, 4, double, double>();
}

__global__ void round_tf32(float* out, const float* in) {
  out[threadIdx.x] = wmma::__float_to_tf32(in[threadIdx.x]);
}
TEST(Wmma, Tf32RoundsToTenBits) {
  const float one = 1, ulp = std::ldexp(1.0f, -10);
  DeviceArray<float> in(std::vector<float>{one, one + ulp, one + ulp / 2, one + ulp / 4,
                                           -one - ulp / 2, std::ldexp(1.0f, -126)}),
      out(6);
  round_tf32<<<1, 6>>>(out.data(), in.data());
  EXPECT_EQ(out.host(), (std::vector<float>{one, one + ulp, one + ulp, one, -one - ulp,
                                            std::ldexp(1.0f, -126)}));
}
#endif

// c = 2 (a . b) + 3 c over tiles of 16, four warps a block, fragments scaled element by element.
__global__ void tiled_product(float* c, const __half* a, const __half* b, int M, int N, int K) {
  const int warp = static_cast<int>(blockIdx.x * 4 + threadIdx.x / 32);
  const int tiles = N / 16, row = warp / tiles * 16, column = warp % tiles * 16;
  if (row >= M) return;  // the whole warp
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum, old;
  wmma::fill_fragment(sum, 0.0f);
  for (int k = 0; k < K; k += 16) {
    wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, wmma::row_major> fb;
    wmma::load_matrix_sync(fa, a + row * K + k, static_cast<unsigned>(K));
    wmma::load_matrix_sync(fb, b + k * N + column, static_cast<unsigned>(N));
    wmma::mma_sync(sum, fa, fb, sum);
  }
  wmma::load_matrix_sync(old, c + row * N + column, static_cast<unsigned>(N), wmma::mem_row_major);
  for (int i = 0; i < sum.num_elements; ++i) old.x[i] = 2 * sum.x[i] + 3 * old.x[i];
  wmma::store_matrix_sync(c + row * N + column, old, static_cast<unsigned>(N), wmma::mem_row_major);
}
TEST(Wmma, TiledProduct) {
  const int M = 80, N = 48, K = 64;
  std::mt19937 random(5);
  std::vector<__half> a(M * K), b(K * N);
  std::vector<float> c(M * N);
  for (__half& x : a) x = exact<__half>(random, false, 16);
  for (__half& x : b) x = exact<__half>(random, false, 16);
  for (float& x : c) x = exact<float>(random, false, 16);
  DeviceArray<__half> d_a(a), d_b(b);
  DeviceArray<float> d_c(c);
  tiled_product<<<(M / 16 * (N / 16) + 3) / 4, 128>>>(d_c.data(), d_a.data(), d_b.data(), M, N, K);
  const std::vector<float> got = d_c.host();
  for (int i = 0; i < M; ++i) {
    for (int j = 0; j < N; ++j) {
      double sum = 0;
      for (int k = 0; k < K; ++k) {
        sum += number(a[static_cast<std::size_t>(i * K + k)]) *
               number(b[static_cast<std::size_t>(k * N + j)]);
      }
      const auto at = static_cast<std::size_t>(i * N + j);
      ASSERT_EQ(got[at], 2 * sum + 3 * number(c[at])) << i << "," << j;
    }
  }
}

}  // namespace
