// cuBLAS on the CPU: each call becomes a task in the handle's stream. See include/cublas_v2.h.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_set>

#include "internal.h"

using namespace cudasim::blas;
using cudasim::Device;

namespace {

std::mutex handles_mutex;
std::unordered_set<cublasHandle_t>& handles() {
  static auto* all = new std::unordered_set<cublasHandle_t>;
  return *all;
}

// The i-th element of a vector of n with increment inc: a negative one runs from the end.
template <class T>
T& element(T* x, int n, int inc, int i) {
  return x[static_cast<std::ptrdiff_t>(inc) * (inc >= 0 ? i : i - (n - 1))];
}

template <class T>
cublasStatus_t gemm_strided(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb,
                            int m, int n, int k, const T* alpha, const T* a, int lda,
                            long long stride_a, const T* b, int ldb, long long stride_b,
                            const T* beta, T* c, int ldc, long long stride_c, int batch) {
  const cublasStatus_t status =
      check_gemm(handle, ta, tb, m, n, k, alpha, lda, ldb, beta, ldc, batch);
  if (status != CUBLAS_STATUS_SUCCESS || m == 0 || n == 0 || batch == 0) return status;
  return enqueue(handle, c, false, [=, al = scalar(handle, alpha), be = scalar(handle, beta)] {
    for (int i = 0; i < batch; ++i) {
      gemm(ta != CUBLAS_OP_N, tb != CUBLAS_OP_N, m, n, k, al(), a + i * stride_a, lda,
           b + i * stride_b, ldb, be(), c + i * stride_c, ldc);
    }
  });
}

template <class T>
cublasStatus_t gemv(cublasHandle_t handle, cublasOperation_t op, int m, int n, const T* alpha,
                    const T* a, int lda, const T* x, int incx, const T* beta, T* y, int incy) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!is_operation(op) || m < 0 || n < 0 || lda < std::max(1, m) || incx == 0 || incy == 0 ||
      alpha == nullptr || beta == nullptr) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  const bool transposed = op != CUBLAS_OP_N;
  const int rows = transposed ? n : m, cols = transposed ? m : n;
  return enqueue(handle, y, false, [=, al = scalar(handle, alpha), be = scalar(handle, beta)] {
    for (int i = 0; i < rows; ++i) {
      T sum = 0;
      for (int j = 0; j < cols; ++j) {
        const std::size_t row = static_cast<std::size_t>(transposed ? j : i);
        const std::size_t col = static_cast<std::size_t>(transposed ? i : j);
        sum += a[col * static_cast<std::size_t>(lda) + row] * element(x, cols, incx, j);
      }
      T& out = element(y, rows, incy, i);
      out = be() == T(0) ? al() * sum : al() * sum + be() * out;
    }
  });
}

// A vector operation whose result is one number.
template <class R, class F>
cublasStatus_t to_scalar(cublasHandle_t handle, R* result, F compute) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (result == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  const bool wait = handle->pointer_mode == CUBLAS_POINTER_MODE_HOST;
  return enqueue(handle, result, wait, [=] { *result = compute(); });
}

template <class F>
cublasStatus_t vector_work(cublasHandle_t handle, const void* out, F work) {
  return known(handle) ? enqueue(handle, out, false, work) : CUBLAS_STATUS_NOT_INITIALIZED;
}

// BLAS counts from 1; 0 means there is no element.
template <class T, class Better>
int extreme(int n, const T* x, int incx, Better better) {
  if (n < 1 || incx < 1) return 0;
  int best = 0;
  for (int i = 1; i < n; ++i) {
    if (better(std::abs(element(x, n, incx, i)), std::abs(element(x, n, incx, best)))) best = i;
  }
  return best + 1;
}

template <class T>
T norm(int n, const T* x, int incx) {
  if (n < 1 || incx < 1) return 0;
  T scale = 0, sum = 1;  // the norm is scale * sqrt(sum): squares alone could overflow
  for (int i = 0; i < n; ++i) {
    const T v = std::abs(element(x, n, incx, i));
    if (v == 0) continue;
    if (scale < v) {
      sum = 1 + sum * (scale / v) * (scale / v);
      scale = v;
    } else {
      sum += (v / scale) * (v / scale);
    }
  }
  return scale * std::sqrt(sum);
}

template <class F>
cublasStatus_t with_handle(cublasHandle_t handle, F body) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  return body();
}

}  // namespace

bool cudasim::blas::known(cublasHandle_t handle) {
  const std::lock_guard<std::mutex> lock(handles_mutex);
  return handles().count(handle) != 0;
}

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  if (handle == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  *handle = new cublasContext;
  const std::lock_guard<std::mutex> lock(handles_mutex);
  handles().insert(*handle);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  Device::get().wait_all();
  const std::lock_guard<std::mutex> lock(handles_mutex);
  handles().erase(handle);
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version) {
  return with_handle(handle, [&] {
    if (version == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
    *version = 130000;
    return CUBLAS_STATUS_SUCCESS;
  });
}
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  return with_handle(handle, [&] {
    handle->stream = stream;
    return CUBLAS_STATUS_SUCCESS;
  });
}
cublasStatus_t cublasGetStream_v2(cublasHandle_t handle, cudaStream_t* stream) {
  return with_handle(handle, [&] {
    if (stream == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
    *stream = handle->stream;
    return CUBLAS_STATUS_SUCCESS;
  });
}
cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t mode) {
  return with_handle(handle, [&] {
    if (mode != CUBLAS_POINTER_MODE_HOST && mode != CUBLAS_POINTER_MODE_DEVICE) {
      return CUBLAS_STATUS_INVALID_VALUE;
    }
    handle->pointer_mode = mode;
    return CUBLAS_STATUS_SUCCESS;
  });
}
cublasStatus_t cublasGetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t* mode) {
  return with_handle(handle, [&] {
    if (mode == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
    *mode = handle->pointer_mode;
    return CUBLAS_STATUS_SUCCESS;
  });
}
// Every mode computes in the type itself here, as CUBLAS_PEDANTIC_MATH asks.
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  return with_handle(handle, [&] {
    handle->math_mode = mode;
    return CUBLAS_STATUS_SUCCESS;
  });
}
cublasStatus_t cublasGetMathMode(cublasHandle_t handle, cublasMath_t* mode) {
  return with_handle(handle, [&] {
    if (mode == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
    *mode = handle->math_mode;
    return CUBLAS_STATUS_SUCCESS;
  });
}

const char* cublasGetStatusName(cublasStatus_t status) {
  switch (status) {
#define NAME(s) \
  case s:       \
    return #s;
    NAME(CUBLAS_STATUS_SUCCESS)
    NAME(CUBLAS_STATUS_NOT_INITIALIZED)
    NAME(CUBLAS_STATUS_ALLOC_FAILED)
    NAME(CUBLAS_STATUS_INVALID_VALUE)
    NAME(CUBLAS_STATUS_ARCH_MISMATCH)
    NAME(CUBLAS_STATUS_MAPPING_ERROR)
    NAME(CUBLAS_STATUS_EXECUTION_FAILED)
    NAME(CUBLAS_STATUS_INTERNAL_ERROR)
    NAME(CUBLAS_STATUS_NOT_SUPPORTED)
    NAME(CUBLAS_STATUS_LICENSE_ERROR)
#undef NAME
  }
  return "unknown cuBLAS status";
}
const char* cublasGetStatusString(cublasStatus_t status) { return cublasGetStatusName(status); }

#define CUBLAS_DEFINE(T, P)                                                                        \
  cublasStatus_t cublas##P##gemm_v2(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb,  \
                                    int m, int n, int k, const T* alpha, const T* a, int lda,      \
                                    const T* b, int ldb, const T* beta, T* c, int ldc) {           \
    return gemm_strided(h, ta, tb, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);      \
  }                                                                                                \
  cublasStatus_t cublas##P##gemmStridedBatched(                                                    \
      cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,           \
      const T* alpha, const T* a, int lda, long long sa, const T* b, int ldb, long long sb,        \
      const T* beta, T* c, int ldc, long long sc, int batch) {                                     \
    return gemm_strided(h, ta, tb, m, n, k, alpha, a, lda, sa, b, ldb, sb, beta, c, ldc, sc,       \
                        batch);                                                                    \
  }                                                                                                \
  cublasStatus_t cublas##P##gemmBatched(cublasHandle_t h, cublasOperation_t ta,                    \
                                        cublasOperation_t tb, int m, int n, int k, const T* alpha, \
                                        const T* const a[], int lda, const T* const b[], int ldb,  \
                                        const T* beta, T* const c[], int ldc, int batch) {         \
    const cublasStatus_t status =                                                                  \
        check_gemm(h, ta, tb, m, n, k, alpha, lda, ldb, beta, ldc, batch);                         \
    if (status != CUBLAS_STATUS_SUCCESS || m == 0 || n == 0) return status;                        \
    return enqueue(h, nullptr, false, [=, al = scalar(h, alpha), be = scalar(h, beta)] {           \
      for (int i = 0; i < batch; ++i) {                                                            \
        cudasim::mark_allocation_written(c[i]);                                                    \
        gemm(ta != CUBLAS_OP_N, tb != CUBLAS_OP_N, m, n, k, al(), a[i], lda, b[i], ldb, be(),      \
             c[i], ldc);                                                                           \
      }                                                                                            \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##gemv_v2(cublasHandle_t h, cublasOperation_t op, int m, int n,          \
                                    const T* alpha, const T* a, int lda, const T* x, int incx,     \
                                    const T* beta, T* y, int incy) {                               \
    return gemv(h, op, m, n, alpha, a, lda, x, incx, beta, y, incy);                               \
  }                                                                                                \
  cublasStatus_t cublas##P##ger_v2(cublasHandle_t h, int m, int n, const T* alpha, const T* x,     \
                                   int incx, const T* y, int incy, T* a, int lda) {                \
    if (!known(h)) return CUBLAS_STATUS_NOT_INITIALIZED;                                           \
    if (m < 0 || n < 0 || incx == 0 || incy == 0 || lda < std::max(1, m) || alpha == nullptr) {    \
      return CUBLAS_STATUS_INVALID_VALUE;                                                          \
    }                                                                                              \
    return vector_work(h, a, [=, al = scalar(h, alpha)] {                                          \
      for (int j = 0; j < n; ++j) {                                                                \
        const T t = al() * element(y, n, incy, j);                                                 \
        T* column = a + static_cast<std::ptrdiff_t>(j) * lda;                                      \
        for (int i = 0; i < m; ++i) column[i] += element(x, m, incx, i) * t;                       \
      }                                                                                            \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##geam(cublasHandle_t h, cublasOperation_t ta, cublasOperation_t tb,     \
                                 int m, int n, const T* alpha, const T* a, int lda, const T* beta, \
                                 const T* b, int ldb, T* c, int ldc) {                             \
    if (!known(h)) return CUBLAS_STATUS_NOT_INITIALIZED;                                           \
    if (!is_operation(ta) || !is_operation(tb) || m < 0 || n < 0 || alpha == nullptr ||            \
        beta == nullptr || lda < std::max(1, ta == CUBLAS_OP_N ? m : n) ||                         \
        ldb < std::max(1, tb == CUBLAS_OP_N ? m : n) || ldc < std::max(1, m)) {                    \
      return CUBLAS_STATUS_INVALID_VALUE;                                                          \
    }                                                                                              \
    return vector_work(h, c, [=, al = scalar(h, alpha), be = scalar(h, beta)] {                    \
      const auto at = [](const T* p, bool t, std::ptrdiff_t ld, int i, int j) {                    \
        return t ? p[i * ld + j] : p[j * ld + i];                                                  \
      };                                                                                           \
      for (int j = 0; j < n; ++j) {                                                                \
        for (int i = 0; i < m; ++i) {                                                              \
          const T u = al() == T(0) ? T(0) : al() * at(a, ta != CUBLAS_OP_N, lda, i, j);            \
          const T v = be() == T(0) ? T(0) : be() * at(b, tb != CUBLAS_OP_N, ldb, i, j);            \
          c[static_cast<std::ptrdiff_t>(j) * ldc + i] = u + v;                                     \
        }                                                                                          \
      }                                                                                            \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##axpy_v2(cublasHandle_t h, int n, const T* alpha, const T* x, int incx, \
                                    T* y, int incy) {                                              \
    if (!known(h)) return CUBLAS_STATUS_NOT_INITIALIZED;                                           \
    if (alpha == nullptr) return CUBLAS_STATUS_INVALID_VALUE;                                      \
    return vector_work(h, y, [=, al = scalar(h, alpha)] {                                          \
      for (int i = 0; i < n; ++i) element(y, n, incy, i) += al() * element(x, n, incx, i);         \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##scal_v2(cublasHandle_t h, int n, const T* alpha, T* x, int incx) {     \
    if (!known(h)) return CUBLAS_STATUS_NOT_INITIALIZED;                                           \
    if (alpha == nullptr) return CUBLAS_STATUS_INVALID_VALUE;                                      \
    return vector_work(h, x, [=, al = scalar(h, alpha)] {                                          \
      for (int i = 0; i < n; ++i) element(x, n, incx, i) *= al();                                  \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##copy_v2(cublasHandle_t h, int n, const T* x, int incx, T* y,           \
                                    int incy) {                                                    \
    return vector_work(h, y, [=] {                                                                 \
      for (int i = 0; i < n; ++i) element(y, n, incy, i) = element(x, n, incx, i);                 \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##swap_v2(cublasHandle_t h, int n, T* x, int incx, T* y, int incy) {     \
    return vector_work(h, y, [=] {                                                                 \
      for (int i = 0; i < n; ++i) std::swap(element(y, n, incy, i), element(x, n, incx, i));       \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##dot_v2(cublasHandle_t h, int n, const T* x, int incx, const T* y,      \
                                   int incy, T* result) {                                          \
    return to_scalar(h, result, [=] {                                                              \
      T sum = 0;                                                                                   \
      for (int i = 0; i < n; ++i) sum += element(x, n, incx, i) * element(y, n, incy, i);          \
      return sum;                                                                                  \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublas##P##nrm2_v2(cublasHandle_t h, int n, const T* x, int incx, T* result) {    \
    return to_scalar(h, result, [=] { return norm(n, x, incx); });                                 \
  }                                                                                                \
  cublasStatus_t cublas##P##asum_v2(cublasHandle_t h, int n, const T* x, int incx, T* result) {    \
    return to_scalar(h, result, [=] {                                                              \
      T sum = 0;                                                                                   \
      for (int i = 0; i < n && incx > 0; ++i) sum += std::abs(element(x, n, incx, i));             \
      return sum;                                                                                  \
    });                                                                                            \
  }                                                                                                \
  cublasStatus_t cublasI##P##amax_v2(cublasHandle_t h, int n, const T* x, int incx, int* result) { \
    return to_scalar(h, result,                                                                    \
                     [=] { return extreme(n, x, incx, [](T a, T b) { return a > b; }); });         \
  }                                                                                                \
  cublasStatus_t cublasI##P##amin_v2(cublasHandle_t h, int n, const T* x, int incx, int* result) { \
    return to_scalar(h, result,                                                                    \
                     [=] { return extreme(n, x, incx, [](T a, T b) { return a < b; }); });         \
  }
CUBLAS_DEFINE(float, S)
CUBLAS_DEFINE(double, D)

}  // extern "C"
