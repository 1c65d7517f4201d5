// What the parts of cuBLAS share: the handle, work in its stream, and the matrix product.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "../../include/cublas_v2.h"
#include "../capture.h"
#include "../device.h"
#include "../memory.h"

struct cublasContext {
  cudaStream_t stream = nullptr;
  cublasPointerMode_t pointer_mode = CUBLAS_POINTER_MODE_HOST;
  cublasMath_t math_mode = CUBLAS_DEFAULT_MATH;
};

namespace cudasim::blas {

bool known(cublasHandle_t handle);

// Puts `work`, which writes `out`, into the handle's stream; `wait` if that is host memory.
template <class F>
cublasStatus_t enqueue(cublasHandle_t handle, const void* out, bool wait, F work) {
  cudasim::mark_allocation_written(out);
  Device& device = Device::get();
  if (device.sticky() != cudaSuccess) return CUBLAS_STATUS_EXECUTION_FAILED;
  const cudasim::StreamPtr stream = device.find_stream(handle->stream);
  if (stream == nullptr) return CUBLAS_STATUS_EXECUTION_FAILED;
  if (capture_error(stream) != cudaSuccess || (wait && stream->capture != nullptr)) {
    return CUBLAS_STATUS_EXECUTION_FAILED;  // a result on the host cannot be waited for
  }
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

inline bool is_operation(cublasOperation_t op) {
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

inline cublasStatus_t check_gemm(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb,
                                 int m, int n, int k, const void* alpha, int lda, int ldb,
                                 const void* beta, int ldc, int batch) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!is_operation(ta) || !is_operation(tb) || m < 0 || n < 0 || k < 0 || batch < 0 ||
      alpha == nullptr || beta == nullptr || lda < std::max(1, ta == CUBLAS_OP_N ? m : k) ||
      ldb < std::max(1, tb == CUBLAS_OP_N ? k : n) || ldc < std::max(1, m)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace cudasim::blas
