// cuBLAS on the CPU: each call becomes a task in the handle's stream. See include/cublas_v2.h.
#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "../../include/cublas_v2.h"
#include "../device.h"
#include "../memory.h"

struct cublasContext {
  cudaStream_t stream = nullptr;
  cublasPointerMode_t pointer_mode = CUBLAS_POINTER_MODE_HOST;
  cublasMath_t math_mode = CUBLAS_DEFAULT_MATH;
};

namespace {

using cudasim::Device;
using cudasim::Task;

std::mutex handles_mutex;
std::unordered_set<cublasHandle_t>& handles() {
  static auto* all = new std::unordered_set<cublasHandle_t>;
  return *all;
}
bool known(cublasHandle_t handle) {
  const std::lock_guard<std::mutex> lock(handles_mutex);
  return handles().count(handle) != 0;
}

// Puts `work`, which writes `out`, into the handle's stream; `wait` if that is host memory.
template <class F>
cublasStatus_t enqueue(cublasHandle_t handle, const void* out, bool wait, F work) {
  cudasim::mark_allocation_written(out);
  Device& device = Device::get();
  if (device.sticky() != cudaSuccess) return CUBLAS_STATUS_EXECUTION_FAILED;
  const cudasim::StreamPtr stream = device.find_stream(handle->stream);
  if (stream == nullptr) return CUBLAS_STATUS_EXECUTION_FAILED;
  auto task = std::make_shared<Task>();
  task->kind = Task::Kind::work;
  task->work = work;
  device.enqueue(stream, task);
  if (wait) device.wait(task);
  return device.sticky() == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

// alpha and beta: read at once from the host, or when the task runs from the device.
template <class T>
auto scalar(cublasHandle_t handle, const T* p) {
  const bool now = handle->pointer_mode == CUBLAS_POINTER_MODE_HOST;
  return [p, now, value = now && p != nullptr ? *p : T(0)] { return now ? value : *p; };
}

bool is_operation(cublasOperation_t op) {
  return op == CUBLAS_OP_N || op == CUBLAS_OP_T || op == CUBLAS_OP_C;
}

#ifdef __clang__  // which vectorises at -O2
#define CUDASIM_VECTORISED
#else
#define CUDASIM_VECTORISED __attribute__((optimize("O3")))
#endif

// c (m,n) = alpha * op(a) (m,k) . op(b) (k,n) + beta * c. op(a) is copied column-major if it is not,
// so that the inner loop runs over columns with unit stride; four of them a pass keep c in registers'
// reach. Where beta is 0, c is not read: it may hold anything.
template <class T>
CUDASIM_VECTORISED void gemm(bool trans_a, bool trans_b, int m, int n, int k, T alpha, const T* a,
                             int lda, const T* b, int ldb, T beta, T* c, int ldc) {
  const auto at = [](int row, int col, int ld) {
    return static_cast<std::size_t>(col) * static_cast<std::size_t>(ld) +
           static_cast<std::size_t>(row);
  };
  std::vector<T> columns;
  if (trans_a && alpha != T(0)) {
    columns.resize(static_cast<std::size_t>(m) * static_cast<std::size_t>(k));
    for (int i = 0; i < m; ++i) {
      for (int l = 0; l < k; ++l) columns[at(i, l, m)] = a[at(l, i, lda)];
    }
    a = columns.data();
    lda = m;
  }
  for (int j = 0; j < n; ++j) {
    T* __restrict cj = c + at(0, j, ldc);
    if (beta == T(0)) {
      std::fill(cj, cj + m, T(0));
    } else if (beta != T(1)) {
      for (int i = 0; i < m; ++i) cj[i] *= beta;
    }
    if (alpha == T(0)) continue;
    const auto bl = [&](int l) { return alpha * (trans_b ? b[at(j, l, ldb)] : b[at(l, j, ldb)]); };
    int l = 0;
    for (; l + 4 <= k; l += 4) {
      const T b0 = bl(l), b1 = bl(l + 1), b2 = bl(l + 2), b3 = bl(l + 3);
      const T *a0 = a + at(0, l, lda), *a1 = a0 + lda, *a2 = a1 + lda, *a3 = a2 + lda;
      for (int i = 0; i < m; ++i) cj[i] += (a0[i] * b0 + a1[i] * b1) + (a2[i] * b2 + a3[i] * b3);
    }
    for (; l < k; ++l) {
      const T b0 = bl(l);
      const T* a0 = a + at(0, l, lda);
      for (int i = 0; i < m; ++i) cj[i] += a0[i] * b0;
    }
  }
}

template <class T>
cublasStatus_t check_gemm(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m,
                          int n, int k, const T* alpha, int lda, int ldb, const T* beta, int ldc,
                          int batch) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!is_operation(ta) || !is_operation(tb) || m < 0 || n < 0 || k < 0 || batch < 0 ||
      alpha == nullptr || beta == nullptr || lda < std::max(1, ta == CUBLAS_OP_N ? m : k) ||
      ldb < std::max(1, tb == CUBLAS_OP_N ? k : n) || ldc < std::max(1, m)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return CUBLAS_STATUS_SUCCESS;
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
