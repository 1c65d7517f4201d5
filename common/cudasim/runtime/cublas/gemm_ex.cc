// cublasGemmEx and its like: products of half, bfloat16, float and double matrices. Elements of 16 bits are
// widened, the product is computed in float, and the result rounded once to the nearest of c's type: a
// GPU's tensor cores add in another order, within the same bound. Compute types that may cut float
// inputs short (CUBLAS_COMPUTE_32F_FAST_*) keep them whole here, and CUBLAS_COMPUTE_16F adds in float too.
#include "../../include/cudasim/small_float.h"
#include "internal.h"

using namespace cudasim::blas;

namespace {

bool is_16_bits(cudaDataType type) { return type == CUDA_R_16F || type == CUDA_R_16BF; }
std::size_t bytes_of(cudaDataType type) {
  return is_16_bits(type) ? 2 : type == CUDA_R_64F ? 8 : 4;
}

template <class T>
T load(const void* p, cudaDataType type, std::size_t i) {
  switch (type) {
    case CUDA_R_16F:
      return cudasim::widen<5, 10>(static_cast<const unsigned short*>(p)[i]);
    case CUDA_R_16BF:
      return cudasim::widen<8, 7>(static_cast<const unsigned short*>(p)[i]);
    case CUDA_R_64F:
      return static_cast<T>(static_cast<const double*>(p)[i]);
    default:
      return static_cast<const float*>(p)[i];
  }
}
template <class T>
void store(void* p, cudaDataType type, std::size_t i, T value) {
  constexpr auto kNearest = cudasim::Rounding::nearest;
  switch (type) {
    case CUDA_R_16F:
      static_cast<unsigned short*>(p)[i] =
          cudasim::round_float<5, 10>(static_cast<float>(value), kNearest);
      return;
    case CUDA_R_16BF:
      static_cast<unsigned short*>(p)[i] =
          cudasim::round_float<8, 7>(static_cast<float>(value), kNearest);
      return;
    case CUDA_R_64F:
      static_cast<double*>(p)[i] = static_cast<double>(value);
      return;
    default:
      static_cast<float*>(p)[i] = static_cast<float>(value);
  }
}

struct Matrix {
  const void* data;
  cudaDataType type;
  int ld;
};

// The matrix's elements as T, without gaps between columns; for c only where it is read.
template <class T>
std::vector<T> widened(const Matrix& m, int rows, int columns) {
  std::vector<T> out(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int j = 0; j < columns; ++j) {
    for (int i = 0; i < rows; ++i) {
      out[static_cast<std::size_t>(j) * static_cast<std::size_t>(rows) +
          static_cast<std::size_t>(i)] =
          load<T>(m.data, m.type,
                  static_cast<std::size_t>(j) * static_cast<std::size_t>(m.ld) +
                      static_cast<std::size_t>(i));
    }
  }
  return out;
}

template <class T>
void product(bool ta, bool tb, int m, int n, int k, T alpha, const Matrix& a, const Matrix& b,
             T beta, const Matrix& c) {
  const int a_rows = ta ? k : m, b_rows = tb ? n : k;
  const std::vector<T> wide_a = widened<T>(a, a_rows, ta ? m : k);
  const std::vector<T> wide_b = widened<T>(b, b_rows, tb ? k : n);
  std::vector<T> out(static_cast<std::size_t>(m) * static_cast<std::size_t>(n));
  if (beta != T(0)) out = widened<T>(c, m, n);
  gemm(ta, tb, m, n, k, alpha, wide_a.data(), std::max(1, a_rows), wide_b.data(),
       std::max(1, b_rows), beta, out.data(), m);
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      const std::size_t column = static_cast<std::size_t>(j), row = static_cast<std::size_t>(i);
      store<T>(const_cast<void*>(c.data), c.type, column * static_cast<std::size_t>(c.ld) + row,
               out[column * static_cast<std::size_t>(m) + row]);
    }
  }
}

enum class Scale { half, single, twice };

// The combinations of types that cuBLAS documents for cublasGemmEx, without integers and complex ones.
bool supported(cublasComputeType_t compute, cudaDataType a, cudaDataType b, cudaDataType c,
               Scale* scale) {
  *scale = Scale::single;
  switch (compute) {
    case CUBLAS_COMPUTE_16F:
    case CUBLAS_COMPUTE_16F_PEDANTIC:
      *scale = Scale::half;
      return a == CUDA_R_16F && b == a && c == a;
    case CUBLAS_COMPUTE_32F:
    case CUBLAS_COMPUTE_32F_PEDANTIC:
      return a == b && ((is_16_bits(a) && (c == a || c == CUDA_R_32F)) ||
                        (a == CUDA_R_32F && c == CUDA_R_32F));
    case CUBLAS_COMPUTE_32F_FAST_16F:
    case CUBLAS_COMPUTE_32F_FAST_16BF:
    case CUBLAS_COMPUTE_32F_FAST_TF32:
      return a == CUDA_R_32F && b == a && c == a;
    case CUBLAS_COMPUTE_64F:
    case CUBLAS_COMPUTE_64F_PEDANTIC:
      *scale = Scale::twice;
      return a == CUDA_R_64F && b == a && c == a;
    default:
      return false;
  }
}

template <class T>
auto wide_scalar(cublasHandle_t handle, const void* p, Scale kind) {
  const cudaDataType type = kind == Scale::half     ? CUDA_R_16F
                            : kind == Scale::single ? CUDA_R_32F
                                                    : CUDA_R_64F;
  const bool now = handle->pointer_mode == CUBLAS_POINTER_MODE_HOST;
  return [p, type, now, value = now ? load<T>(p, type, 0) : T(0)] {
    return now ? value : load<T>(p, type, 0);
  };
}

// Where each product of a batch finds its matrices: `at(i)` gives three addresses.
struct Addresses {
  const void *a, *b;
  void* c;
};
template <class At>
cublasStatus_t gemm_ex(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m,
                       int n, int k, const void* alpha, cudaDataType a_type, int lda,
                       cudaDataType b_type, int ldb, const void* beta, void* c, cudaDataType c_type,
                       int ldc, int batch, cublasComputeType_t compute, At at) {
  const cublasStatus_t status =
      check_gemm(handle, ta, tb, m, n, k, alpha, lda, ldb, beta, ldc, batch);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  Scale scale;
  if (!supported(compute, a_type, b_type, c_type, &scale)) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (m == 0 || n == 0 || batch == 0) return CUBLAS_STATUS_SUCCESS;
  const auto run = [=](auto al, auto be) {
    return enqueue(handle, c, false, [=] {
      for (int i = 0; i < batch; ++i) {
        const Addresses p = at(i);
        if (c == nullptr) cudasim::mark_allocation_written(p.c);
        product(ta != CUBLAS_OP_N, tb != CUBLAS_OP_N, m, n, k, al(), {p.a, a_type, lda},
                {p.b, b_type, ldb}, be(), {p.c, c_type, ldc});
      }
    });
  };
  if (scale == Scale::twice) {
    return run(wide_scalar<double>(handle, alpha, scale), wide_scalar<double>(handle, beta, scale));
  }
  return run(wide_scalar<float>(handle, alpha, scale), wide_scalar<float>(handle, beta, scale));
}

}  // namespace

extern "C" {

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t h, cublasOperation_t ta,
                                          cublasOperation_t tb, int m, int n, int k,
                                          const void* alpha, const void* a, cudaDataType a_type,
                                          int lda, long long stride_a, const void* b,
                                          cudaDataType b_type, int ldb, long long stride_b,
                                          const void* beta, void* c, cudaDataType c_type, int ldc,
                                          long long stride_c, int batch,
                                          cublasComputeType_t compute, cublasGemmAlgo_t) {
  const auto at = [=](int i) -> Addresses {
    const auto offset = [i](long long stride, cudaDataType type) {
      return i * stride * static_cast<long long>(bytes_of(type));
    };
    return {static_cast<const char*>(a) + offset(stride_a, a_type),
            static_cast<const char*>(b) + offset(stride_b, b_type),
            static_cast<char*>(c) + offset(stride_c, c_type)};
  };
  return gemm_ex(h, ta, tb, m, n, k, alpha, a_type, lda, b_type, ldb, beta, c, c_type, ldc, batch,
                 compute, at);
}

cublasStatus_t cublasGemmBatchedEx(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb,
                                   int m, int n, int k, const void* alpha, const void* const a[],
                                   cudaDataType a_type, int lda, const void* const b[],
                                   cudaDataType b_type, int ldb, const void* beta, void* const c[],
                                   cudaDataType c_type, int ldc, int batch,
                                   cublasComputeType_t compute, cublasGemmAlgo_t) {
  return gemm_ex(h, ta, tb, m, n, k, alpha, a_type, lda, b_type, ldb, beta, nullptr, c_type, ldc,
                 batch, compute, [=](int i) -> Addresses {
                   return {a[i], b[i], c[i]};
                 });
}

cublasStatus_t cublasGemmEx(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb, int m,
                            int n, int k, const void* alpha, const void* a, cudaDataType a_type,
                            int lda, const void* b, cudaDataType b_type, int ldb, const void* beta,
                            void* c, cudaDataType c_type, int ldc, cublasComputeType_t compute,
                            cublasGemmAlgo_t algorithm) {
  return cublasGemmStridedBatchedEx(h, ta, tb, m, n, k, alpha, a, a_type, lda, 0, b, b_type, ldb, 0,
                                    beta, c, c_type, ldc, 0, 1, compute, algorithm);
}

cublasStatus_t cublasSgemmEx(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb, int m,
                             int n, int k, const float* alpha, const void* a, cudaDataType a_type,
                             int lda, const void* b, cudaDataType b_type, int ldb,
                             const float* beta, void* c, cudaDataType c_type, int ldc) {
  return cublasGemmEx(h, ta, tb, m, n, k, alpha, a, a_type, lda, b, b_type, ldb, beta, c, c_type,
                      ldc, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
}

cublasStatus_t cublasHgemm(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb, int m,
                           int n, int k, const __half* alpha, const __half* a, int lda,
                           const __half* b, int ldb, const __half* beta, __half* c, int ldc) {
  return cublasGemmEx(h, ta, tb, m, n, k, alpha, a, CUDA_R_16F, lda, b, CUDA_R_16F, ldb, beta, c,
                      CUDA_R_16F, ldc, CUBLAS_COMPUTE_16F, CUBLAS_GEMM_DEFAULT);
}
cublasStatus_t cublasHgemmStridedBatched(cublasHandle_t h, cublasOperation_t ta,
                                         cublasOperation_t tb, int m, int n, int k,
                                         const __half* alpha, const __half* a, int lda,
                                         long long stride_a, const __half* b, int ldb,
                                         long long stride_b, const __half* beta, __half* c, int ldc,
                                         long long stride_c, int batch) {
  return cublasGemmStridedBatchedEx(h, ta, tb, m, n, k, alpha, a, CUDA_R_16F, lda, stride_a, b,
                                    CUDA_R_16F, ldb, stride_b, beta, c, CUDA_R_16F, ldc, stride_c,
                                    batch, CUBLAS_COMPUTE_16F, CUBLAS_GEMM_DEFAULT);
}

}  // extern "C"
