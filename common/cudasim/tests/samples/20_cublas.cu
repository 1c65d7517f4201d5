// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 20_cublas 20_cublas.cu -lcublas
//
// cuBLAS: matrix products in single and double precision, with transposition, with
// strides between the matrices of a batch; dot, axpy, scal, nrm2, asum and iamax
// with scalars on the host and on the device; gemv.
// Matrices are stored by columns.  All is compared with loops on the host.
//
// usage: 20_cublas [--m=..] [--n=..] [--k=..] [--batch=..]

#include <cublas_v2.h>

#include <cstdio>
#include <random>
#include <vector>

#include "helper_check.h"

#define CHECK_BLAS(call)                                                      \
  do {                                                                        \
    const cublasStatus_t s_ = (call);                                         \
    if (s_ != CUBLAS_STATUS_SUCCESS) {                                        \
      std::fprintf(stderr, "%s:%d: %s: %s (%s)\n", __FILE__, __LINE__, #call, \
                   cublasGetStatusName(s_), cublasGetStatusString(s_));       \
      std::exit(finish(false));                                               \
    }                                                                         \
  } while (0)

// Device copy of a host vector.
template <typename T>
class Device {
 public:
  explicit Device(const std::vector<T>& h) : n_(h.size()) {
    CHECK(cudaMalloc(&p_, n_ * sizeof(T)));
    CHECK_BLAS(cublasSetVector(static_cast<int>(n_), sizeof(T), h.data(), 1, p_, 1));
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() { cudaFree(p_); }
  std::vector<T> get() const {
    std::vector<T> h(n_);
    CHECK_BLAS(cublasGetVector(static_cast<int>(n_), sizeof(T), p_, 1, h.data(), 1));
    return h;
  }
  T* p() const { return p_; }

 private:
  T* p_ = nullptr;
  size_t n_;
};

// C = alpha op(A) op(B) + beta C for column-major matrices
template <typename T>
void gemmHost(bool ta, bool tb, int m, int n, int k, T alpha, const T* A, int lda, const T* B,
              int ldb, T beta, T* C, int ldc) {
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < m; ++i) {
      double sum = 0.0;
      for (int l = 0; l < k; ++l) {
        const double a = ta ? A[size_t(i) * lda + l] : A[size_t(l) * lda + i];
        const double b = tb ? B[size_t(l) * ldb + j] : B[size_t(j) * ldb + l];
        sum += a * b;
      }
      T& c = C[size_t(j) * ldc + i];
      c = static_cast<T>(alpha * sum + (beta == T(0) ? 0.0 : double(beta) * c));
    }
}

static bool allOk = true;

template <typename T>
void compare(const char* name, const std::vector<T>& got, const std::vector<T>& want,
             double tolerance) {
  double worst = 0.0;
  for (size_t i = 0; i < want.size(); ++i)
    worst = worse(worst, std::fabs(double(got[i]) - double(want[i])));
  const bool good = worst <= tolerance;
  std::printf("%-34s largest difference %.3e %s\n", name, worst, good ? "ok" : "WRONG");
  allOk = allOk && good;
}

static void compareScalar(const char* name, double got, double want, double tolerance) {
  const bool good = nearlyEqual(got, want, tolerance);
  std::printf("%-34s %.9g (expected %.9g) %s\n", name, got, want, good ? "ok" : "WRONG");
  allOk = allOk && good;
}

static std::mt19937 engine(4711);

template <typename T>
std::vector<T> randomVector(size_t n) {
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<T> v(n);
  for (T& x : v) x = static_cast<T>(uniform(engine));
  return v;
}

static void gemmTests(cublasHandle_t handle, int m, int n, int k, int batch) {
  // --- single precision, all four transpositions; C has a leading dimension beyond m
  const int ldc = m + 3;
  for (int t = 0; t < 4; ++t) {
    const bool ta = t & 1, tb = t & 2;
    const int lda = ta ? k : m, ldb = tb ? n : k;
    const auto A = randomVector<float>(size_t(m) * k), B = randomVector<float>(size_t(k) * n);
    auto C = randomVector<float>(size_t(ldc) * n);
    Device<float> dA(A), dB(B), dC(C);
    const float alpha = 1.25f, beta = -0.5f;
    CHECK_BLAS(cublasSgemm(handle, ta ? CUBLAS_OP_T : CUBLAS_OP_N, tb ? CUBLAS_OP_T : CUBLAS_OP_N,
                           m, n, k, &alpha, dA.p(), lda, dB.p(), ldb, &beta, dC.p(), ldc));
    gemmHost(ta, tb, m, n, k, alpha, A.data(), lda, B.data(), ldb, beta, C.data(), ldc);
    const char* names[] = {"sgemm NN", "sgemm TN", "sgemm NT", "sgemm TT"};
    compare(names[t], dC.get(), C, 1e-5 * k);
  }

  // --- double precision
  {
    const auto A = randomVector<double>(size_t(m) * k), B = randomVector<double>(size_t(k) * n);
    auto C = randomVector<double>(size_t(m) * n);
    Device<double> dA(A), dB(B), dC(C);
    const double alpha = -0.75, beta = 2.0;
    CHECK_BLAS(cublasDgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, m, n, k, &alpha, dA.p(), m, dB.p(), k,
                           &beta, dC.p(), m));
    gemmHost(false, false, m, n, k, alpha, A.data(), m, B.data(), k, beta, C.data(), m);
    compare("dgemm NN", dC.get(), C, 1e-13 * k);
  }

  // --- a batch with strides between its matrices
  {
    const long long sA = (long long)m * k, sB = (long long)k * n, sC = (long long)m * n;
    const auto A = randomVector<float>(sA * batch), B = randomVector<float>(sB * batch);
    std::vector<float> C(sC * batch, 7.0f), gold(sC * batch);
    Device<float> dA(A), dB(B), dC(C);
    const float alpha = 1.0f, beta = 0.0f;
    CHECK_BLAS(cublasSgemmStridedBatched(handle, CUBLAS_OP_N, CUBLAS_OP_N, m, n, k, &alpha, dA.p(),
                                         m, sA, dB.p(), k, sB, &beta, dC.p(), m, sC, batch));
    for (int b = 0; b < batch; ++b)
      gemmHost(false, false, m, n, k, alpha, &A[sA * b], m, &B[sB * b], k, beta, &gold[sC * b], m);
    compare("sgemm, strided batch", dC.get(), gold, 1e-5 * k);
  }
}

static void vectorTests(cublasHandle_t handle, int n) {
  const auto x = randomVector<float>(n);
  auto y = randomVector<float>(n);
  Device<float> dx(x), dy(y);
  double dotGold = 0.0, normGold = 0.0, absGold = 0.0;
  int maxGold = 0;
  for (int i = 0; i < n; ++i) {
    dotGold += double(x[i]) * y[i];
    normGold += double(x[i]) * x[i];
    absGold += std::fabs(x[i]);
    if (std::fabs(x[i]) > std::fabs(x[maxGold])) maxGold = i;
  }
  normGold = std::sqrt(normGold);
  const double tolerance = 1e-6 * std::sqrt(double(n)) + 1e-6;

  // Scalars on the host: the results are there when the call returns.
  float alpha = 0.75f, dot = 0.0f, norm = 0.0f, sum = 0.0f;
  int where = 0;
  CHECK_BLAS(cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_HOST));
  CHECK_BLAS(cublasSdot(handle, n, dx.p(), 1, dy.p(), 1, &dot));
  CHECK_BLAS(cublasSnrm2(handle, n, dx.p(), 1, &norm));
  CHECK_BLAS(cublasSasum(handle, n, dx.p(), 1, &sum));
  CHECK_BLAS(cublasIsamax(handle, n, dx.p(), 1, &where));
  compareScalar("sdot, host", dot, dotGold, tolerance);
  compareScalar("snrm2, host", norm, normGold, 1e-5);
  compareScalar("sasum, host", sum, absGold, 1e-5);
  compareScalar("isamax, host (counts from 1)", where, maxGold + 1, 0.0);
  CHECK_BLAS(cublasSaxpy(handle, n, &alpha, dx.p(), 1, dy.p(), 1));
  for (int i = 0; i < n; ++i) y[i] += alpha * x[i];
  compare("saxpy, host", dy.get(), y, 1e-6);

  // Scalars on the device: the calls only queue work, one result feeds the next.
  Device<float> scalars({0.0f, 0.0f, 0.0f});
  Device<int> dWhere(std::vector<int>{0});
  dotGold = 0.0;
  for (int i = 0; i < n; ++i) dotGold += double(x[i]) * y[i];
  CHECK_BLAS(cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_DEVICE));
  CHECK_BLAS(cublasSdot(handle, n, dx.p(), 1, dy.p(), 1, scalars.p()));
  CHECK_BLAS(cublasSnrm2(handle, n, dx.p(), 1, scalars.p() + 1));
  CHECK_BLAS(cublasIsamax(handle, n, dx.p(), 1, dWhere.p()));
  CHECK_BLAS(cublasSaxpy(handle, n, scalars.p() + 1, dx.p(), 1, dy.p(), 1));  // y += |x| x
  CHECK_BLAS(cublasSscal(handle, n, scalars.p() + 1, dx.p(), 1));             // x *= |x|
  CHECK_BLAS(cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_HOST));
  CHECK(cudaDeviceSynchronize());
  const auto h = scalars.get();
  compareScalar("sdot, device", h[0], dotGold, tolerance);
  compareScalar("snrm2, device", h[1], normGold, 1e-5);
  compareScalar("isamax, device", dWhere.get()[0], maxGold + 1, 0.0);
  std::vector<float> scaled(n);
  for (int i = 0; i < n; ++i) {
    scaled[i] = h[1] * x[i];
    y[i] += scaled[i];
  }
  compare("saxpy, device", dy.get(), y, 1e-6 * (1.0 + normGold));
  compare("sscal, device", dx.get(), scaled, 1e-6 * (1.0 + normGold));
}

int main(int argc, char** argv) {
  const int m = intOption(argc, argv, "m", 61), n = intOption(argc, argv, "n", 47);
  const int k = intOption(argc, argv, "k", 53), batch = intOption(argc, argv, "batch", 5);
  if (m < 1 || n < 1 || k < 1 || batch < 1) {
    std::fprintf(stderr, "sizes must be positive\n");
    return finish(false);
  }

  cublasHandle_t handle;
  cudaStream_t stream;
  int version = 0;
  CHECK_BLAS(cublasCreate(&handle));
  CHECK_BLAS(cublasGetVersion(handle, &version));
  CHECK(cudaStreamCreate(&stream));
  std::printf("cuBLAS version %d; m %d, n %d, k %d, batch of %d\n", version, m, n, k, batch);

  gemmTests(handle, m, n, k, batch);
  vectorTests(handle, 10007);

  // y = A^T x in a stream of its own.
  const auto A = randomVector<double>(size_t(m) * n), x = randomVector<double>(m);
  std::vector<double> y(n, 0.0);
  Device<double> dA(A), dx(x), dy(y);
  const double one = 1.0, zero = 0.0;
  CHECK(cudaDeviceSynchronize());
  CHECK_BLAS(cublasSetStream(handle, stream));
  CHECK_BLAS(cublasDgemv(handle, CUBLAS_OP_T, m, n, &one, dA.p(), m, dx.p(), 1, &zero, dy.p(), 1));
  CHECK(cudaStreamSynchronize(stream));
  gemmHost(true, false, n, 1, m, 1.0, A.data(), m, x.data(), m, 0.0, y.data(), n);
  compare("dgemv T, own stream", dy.get(), y, 1e-13 * m);

  // A wrong argument is refused with a status.
  const cublasStatus_t bad =
      cublasDgemv(handle, CUBLAS_OP_N, -1, n, &one, dA.p(), m, dx.p(), 1, &zero, dy.p(), 1);
  std::printf("negative size: %s\n", cublasGetStatusName(bad));
  allOk = allOk && bad == CUBLAS_STATUS_INVALID_VALUE;

  CHECK_BLAS(cublasDestroy(handle));
  CHECK(cudaStreamDestroy(stream));
  return finish(allOk);
}
