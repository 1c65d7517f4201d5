// cuBLAS: products and vector operations against plain loops in double, within Higham's bound; pointer
// modes, increments, and what misuse answers.
#include <cublas_v2.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

class Handle {
 public:
  Handle() { EXPECT_EQ(cublasCreate(&handle_), CUBLAS_STATUS_SUCCESS); }
  ~Handle() { cublasDestroy(handle_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator cublasHandle_t() const { return handle_; }

 private:
  cublasHandle_t handle_ = nullptr;
};

cublasStatus_t gemm(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb, int m, int n,
                    int k, const float* al, const float* a, int lda, const float* b, int ldb,
                    const float* be, float* c, int ldc) {
  return cublasSgemm(h, ta, tb, m, n, k, al, a, lda, b, ldb, be, c, ldc);
}
cublasStatus_t gemm(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb, int m, int n,
                    int k, const double* al, const double* a, int lda, const double* b, int ldb,
                    const double* be, double* c, int ldc) {
  return cublasDgemm(h, ta, tb, m, n, k, al, a, lda, b, ldb, be, c, ldc);
}

template <class T>
std::vector<T> random_values(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> value(-1, 1);
  std::vector<T> v(n);
  for (T& x : v) x = value(random);
  return v;
}

template <class T>
void check_gemm(int m, int n, int k, bool ta, bool tb, T alpha, T beta) {
  const Handle handle;
  const int lda = (ta ? k : m) + 1, ldb = (tb ? n : k) + 2, ldc = m + 3;
  const std::vector<T> a = random_values<T>(static_cast<std::size_t>(lda * (ta ? m : k)), 1);
  const std::vector<T> b = random_values<T>(static_cast<std::size_t>(ldb * (tb ? k : n)), 2);
  std::vector<T> c = random_values<T>(static_cast<std::size_t>(ldc * n), 3);
  // Where beta is 0, c is not read.
  if (beta == T(0)) std::fill(c.begin(), c.end(), std::numeric_limits<T>::quiet_NaN());
  DeviceArray<T> d_a(a), d_b(b), d_c(c);
  ASSERT_EQ(gemm(handle, ta ? CUBLAS_OP_T : CUBLAS_OP_N, tb ? CUBLAS_OP_T : CUBLAS_OP_N, m, n, k,
                 &alpha, d_a.data(), lda, d_b.data(), ldb, &beta, d_c.data(), ldc),
            CUBLAS_STATUS_SUCCESS);
  const std::vector<T> got = d_c.host();
  const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
  const double gamma = (k + 4) * unit / (1 - (k + 4) * unit);  // [Higham02 sec. 3.1]
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      double sum = 0, size = 0;
      for (int l = 0; l < k; ++l) {
        const double x = a[static_cast<std::size_t>(ta ? i * lda + l : l * lda + i)];
        const double y = b[static_cast<std::size_t>(tb ? l * ldb + j : j * ldb + l)];
        sum += x * y * static_cast<double>(alpha);
        size += std::fabs(x * y * static_cast<double>(alpha));
      }
      const std::size_t at = static_cast<std::size_t>(j * ldc + i);
      if (beta != T(0)) {
        sum += static_cast<double>(beta) * static_cast<double>(c[at]);
        size += std::fabs(static_cast<double>(beta) * static_cast<double>(c[at]));
      }
      ASSERT_LE(std::fabs(static_cast<double>(got[at]) - sum), gamma * size)
          << m << " " << n << " " << k << " at " << i << "," << j;
    }
    for (int i = m; i < ldc; ++i) {  // between the columns nothing is written
      const std::size_t at = static_cast<std::size_t>(j * ldc + i);
      ASSERT_TRUE(got[at] == c[at] || (std::isnan(got[at]) && std::isnan(c[at])));
    }
  }
}

TEST(Gemm, EveryTransposeAndOddShape) {
  const int shapes[][3] = {{1, 1, 1}, {3, 5, 7}, {31, 33, 17}, {64, 1, 129}, {2, 127, 31}};
  for (const auto& s : shapes) {
    for (int t = 0; t < 4; ++t) {
      check_gemm<float>(s[0], s[1], s[2], (t & 1) != 0, (t & 2) != 0, 1.0f, 0.0f);
      check_gemm<float>(s[0], s[1], s[2], (t & 1) != 0, (t & 2) != 0, -0.5f, 2.0f);
      check_gemm<double>(s[0], s[1], s[2], (t & 1) != 0, (t & 2) != 0, 2.0, 1.0);
    }
  }
}

TEST(Gemm, StridedBatches) {
  const Handle handle;
  const int m = 3, n = 4, k = 5, batch = 6;
  const std::vector<float> a = random_values<float>(m * k * batch, 4),
                           b = random_values<float>(k * n * batch, 5);
  DeviceArray<float> d_a(a), d_b(b), whole(m * n * batch), one(m * n * batch);
  const float alpha = 1, beta = 0;
  ASSERT_EQ(
      cublasSgemmStridedBatched(handle, CUBLAS_OP_N, CUBLAS_OP_N, m, n, k, &alpha, d_a.data(), m,
                                m * k, d_b.data(), k, k * n, &beta, whole.data(), m, m * n, batch),
      CUBLAS_STATUS_SUCCESS);
  for (int i = 0; i < batch; ++i) {
    ASSERT_EQ(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, m, n, k, &alpha, d_a.data() + i * m * k,
                          m, d_b.data() + i * k * n, k, &beta, one.data() + i * m * n, m),
              CUBLAS_STATUS_SUCCESS);
  }
  EXPECT_EQ(whole.host(), one.host());
}

// c of small integers and quarters, all exact in the type, against the rounded result of a sum in double.
template <class In, class Out>
void check_gemm_ex(cudaDataType in, cudaDataType out_type, double unit_out) {
  const Handle handle;
  const int m = 19, n = 13, k = 45, lda = k + 1, ldb = k, ldc = m + 2;
  std::mt19937 random(6);
  std::vector<In> a(static_cast<std::size_t>(lda * m)), b(static_cast<std::size_t>(ldb * n));
  std::vector<Out> c(static_cast<std::size_t>(ldc * n));
  const auto value = [&] { return (static_cast<float>(random() % 65) - 32) / 4; };
  for (In& x : a) x = In(value());
  for (In& x : b) x = In(value());
  for (Out& x : c) x = Out(value());
  DeviceArray<In> d_a(a), d_b(b);
  DeviceArray<Out> d_c(c);
  const float alpha = 0.75f, beta = -2;
  ASSERT_EQ(cublasGemmEx(handle, CUBLAS_OP_T, CUBLAS_OP_N, m, n, k, &alpha, d_a.data(), in, lda,
                         d_b.data(), in, ldb, &beta, d_c.data(), out_type, ldc, CUBLAS_COMPUTE_32F,
                         CUBLAS_GEMM_DEFAULT),
            CUBLAS_STATUS_SUCCESS);
  const std::vector<Out> got = d_c.host();
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      double sum = beta * static_cast<double>(float(c[static_cast<std::size_t>(j * ldc + i)]));
      double size = std::fabs(sum);
      for (int l = 0; l < k; ++l) {
        const double x = static_cast<double>(float(a[static_cast<std::size_t>(i * lda + l)]));
        const double y = static_cast<double>(float(b[static_cast<std::size_t>(j * ldb + l)]));
        sum += 0.75 * x * y;
        size += std::fabs(0.75 * x * y);
      }
      const double unit = std::ldexp(1.0, -24), gamma = (k + 4) * unit / (1 - (k + 4) * unit);
      const double result = static_cast<double>(float(got[static_cast<std::size_t>(j * ldc + i)]));
      ASSERT_LE(std::fabs(result - sum), gamma * size + unit_out * std::fabs(sum)) << i << "," << j;
    }
    for (int i = m; i < ldc; ++i) {
      const std::size_t at = static_cast<std::size_t>(j * ldc + i);
      ASSERT_EQ(float(got[at]), float(c[at]));
    }
  }
}
TEST(GemmEx, TypesOfSixteenBits) {
  check_gemm_ex<__half, __half>(CUDA_R_16F, CUDA_R_16F, std::ldexp(1.0, -11));
  check_gemm_ex<__half, float>(CUDA_R_16F, CUDA_R_32F, 0);
  check_gemm_ex<__nv_bfloat16, __nv_bfloat16>(CUDA_R_16BF, CUDA_R_16BF, std::ldexp(1.0, -8));
  check_gemm_ex<__nv_bfloat16, float>(CUDA_R_16BF, CUDA_R_32F, 0);
  check_gemm_ex<float, float>(CUDA_R_32F, CUDA_R_32F, 0);
}

TEST(GemmEx, BatchesHalfScalarsAndRefusals) {
  const Handle handle;
  // Two products of 2x2 halves, column-major: 1 3 / 2 4 times 5 7 / 6 8, and twice that times itself.
  const std::vector<float> values{1, 2, 3, 4, 5, 6, 7, 8}, want{23, 34, 31, 46, 67, 78, 91, 106};
  std::vector<__half> h;
  for (const float v : values) h.push_back(__float2half(v));
  DeviceArray<__half> x(h), y(8, __float2half(0));
  const __half one = __float2half(1), zero = __float2half(0);
  ASSERT_EQ(cublasHgemmStridedBatched(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &one, x.data(), 2,
                                      4, x.data() + 4, 2, 0, &zero, y.data(), 2, 4, 2),
            CUBLAS_STATUS_SUCCESS);
  const std::vector<__half> got = y.host();
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(__half2float(got[i]), want[i]) << i;
  DeviceArray<const void*> a(std::vector<const void*>{x.data() + 4, x.data()}),
      b(std::vector<const void*>{x.data() + 4, x.data() + 4});
  DeviceArray<void*> c(std::vector<void*>{y.data() + 4, y.data()});
  const float alpha = 1, beta = 0;
  ASSERT_EQ(cublasGemmBatchedEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &alpha, a.data(),
                                CUDA_R_16F, 2, b.data(), CUDA_R_16F, 2, &beta, c.data(), CUDA_R_16F,
                                2, 2, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
            CUBLAS_STATUS_SUCCESS);
  const std::vector<__half> again = y.host();
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(__half2float(again[i]), want[i]) << i;
  EXPECT_EQ(cublasGemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &alpha, x.data(), CUDA_R_16F, 2,
                         x.data(), CUDA_R_16BF, 2, &beta, y.data(), CUDA_R_16F, 2,
                         CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
            CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(cublasSgemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &alpha, x.data(), CUDA_R_16F,
                          1, x.data(), CUDA_R_16F, 2, &beta, y.data(), CUDA_R_16F, 2),
            CUBLAS_STATUS_INVALID_VALUE);
}

TEST(Copies, VectorsAndMatricesByElements) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  DeviceArray<float> d(12, 0.0f);
  ASSERT_EQ(cublasSetVector(4, sizeof(float), x.data(), 3, d.data(), 2), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(d.host(), (std::vector<float>{1, 0, 4, 0, 7, 0, 10, 0, 0, 0, 0, 0}));
  std::vector<float> back(8, -1);
  ASSERT_EQ(cublasGetVector(3, sizeof(float), d.data() + 2, 2, back.data(), 1),
            CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(back, (std::vector<float>{4, 7, 10, -1, -1, -1, -1, -1}));
  // The upper 2x3 of a 4x3 matrix, into one of leading dimension 3.
  ASSERT_EQ(cublasSetMatrix(2, 3, sizeof(float), x.data(), 4, d.data(), 3), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(d.host(), (std::vector<float>{1, 2, 4, 5, 6, 0, 9, 10, 0, 0, 0, 0}));
  ASSERT_EQ(cublasGetMatrix(2, 3, sizeof(float), d.data(), 3, back.data(), 2),
            CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(back, (std::vector<float>{1, 2, 5, 6, 9, 10, -1, -1}));
  EXPECT_EQ(cublasSetVector(4, 0, x.data(), 1, d.data(), 1), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSetVector(4, sizeof(float), x.data(), 0, d.data(), 1),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasGetMatrix(4, 3, sizeof(float), d.data(), 3, back.data(), 4),
            CUBLAS_STATUS_INVALID_VALUE);
}

TEST(Vectors, LevelOneAndTwo) {
  const Handle handle;
  const std::vector<double> x{1, -2, 3, -4, 5, -6}, y{10, 20, 30, 40, 50, 60};
  DeviceArray<double> d_x(x), d_y(y);
  double result = 0, alpha = 2;
  int index = 0;
  ASSERT_EQ(cublasDdot(handle, 6, d_x.data(), 1, d_y.data(), 1, &result), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(result, 10 - 40 + 90 - 160 + 250 - 360);
  ASSERT_EQ(cublasDdot(handle, 3, d_x.data(), 2, d_y.data(), -1, &result), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(result, 1 * 30 + 3 * 20 + 5 * 10);
  ASSERT_EQ(cublasDnrm2(handle, 6, d_x.data(), 1, &result), CUBLAS_STATUS_SUCCESS);
  EXPECT_NEAR(result, std::sqrt(91.0), 1e-14);
  ASSERT_EQ(cublasDasum(handle, 6, d_x.data(), 1, &result), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(result, 21);
  ASSERT_EQ(cublasIdamax(handle, 6, d_x.data(), 1, &index), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(index, 6);
  ASSERT_EQ(cublasIdamin(handle, 6, d_x.data(), 1, &index), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(index, 1);
  ASSERT_EQ(cublasDaxpy(handle, 6, &alpha, d_x.data(), 1, d_y.data(), 1), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(d_y.host(), (std::vector<double>{12, 16, 36, 32, 60, 48}));
  ASSERT_EQ(cublasDscal(handle, 3, &alpha, d_x.data(), 2), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(d_x.host(), (std::vector<double>{2, -2, 6, -4, 10, -6}));
  // a (2,3), column-major: 1 3 5 / 2 4 6.
  DeviceArray<double> a(std::vector<double>{1, 2, 3, 4, 5, 6}), v(std::vector<double>{1, 10, 100});
  DeviceArray<double> out(std::vector<double>{1, 1, 1});
  double one = 1;
  ASSERT_EQ(
      cublasDgemv(handle, CUBLAS_OP_N, 2, 3, &alpha, a.data(), 2, v.data(), 1, &one, out.data(), 1),
      CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(out.host(), (std::vector<double>{2 * 531 + 1, 2 * 642 + 1, 1}));
  ASSERT_EQ(
      cublasDgemv(handle, CUBLAS_OP_T, 2, 3, &one, a.data(), 2, v.data(), 1, &one, out.data(), 1),
      CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(out.host(), (std::vector<double>{1063 + 21, 1285 + 43, 1 + 65}));
}

TEST(PointerModes, ScalarsOnTheDevice) {
  const Handle handle;
  ASSERT_EQ(cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_DEVICE), CUBLAS_STATUS_SUCCESS);
  DeviceArray<float> x(std::vector<float>{1, 2, 3}), y(std::vector<float>{1, 1, 1}),
      alpha(std::vector<float>{10}), result(1);
  ASSERT_EQ(cublasSaxpy(handle, 3, alpha.data(), x.data(), 1, y.data(), 1), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cublasSdot(handle, 3, x.data(), 1, y.data(), 1, result.data()), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(y.host(), (std::vector<float>{11, 21, 31}));
  EXPECT_EQ(result.host()[0], 11 + 42 + 93);
}

TEST(Streams, WorkIsDoneInTheHandlesStream) {
  const Handle handle;
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cublasSetStream(handle, stream), CUBLAS_STATUS_SUCCESS);
  DeviceArray<float> x(1000, 1.0f), y(1000, 0.0f);
  const float alpha = 1;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(cublasSaxpy(handle, 1000, &alpha, x.data(), 1, y.data(), 1), CUBLAS_STATUS_SUCCESS);
  }
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(y.host(), std::vector<float>(1000, 50.0f));
  cudaStreamDestroy(stream);
}

TEST(Misuse, IsAnswered) {
  const Handle handle;
  const float one = 1;
  DeviceArray<float> x(64, 0.0f);
  float* p = x.data();
  EXPECT_EQ(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 4, 4, 4, &one, p, 3, p, 4, &one, p, 4),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, -1, 4, 4, &one, p, 4, p, 4, &one, p, 4),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSgemm(nullptr, CUBLAS_OP_N, CUBLAS_OP_N, 4, 4, 4, &one, p, 4, p, 4, &one, p, 4),
            CUBLAS_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cublasCreate(nullptr), CUBLAS_STATUS_INVALID_VALUE);
}

}  // namespace
