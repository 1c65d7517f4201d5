// cublasSetVector and its like: copies between vectors and matrices of host and device, by elements.
#include "../../include/cublas_v2.h"

namespace {

cublasStatus_t status_of(cudaError_t error) {
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_MAPPING_ERROR;
}

// Columns `wide` bytes long; `wait` is the blocking call, in the default stream.
cublasStatus_t copy_columns(void* to, size_t to_pitch, const void* from, size_t from_pitch,
                            size_t wide, size_t columns, cudaMemcpyKind kind, bool wait,
                            cudaStream_t stream) {
  if (wide == 0 || columns == 0) return CUBLAS_STATUS_SUCCESS;
  return status_of(
      wait ? cudaMemcpy2D(to, to_pitch, from, from_pitch, wide, columns, kind)
           : cudaMemcpy2DAsync(to, to_pitch, from, from_pitch, wide, columns, kind, stream));
}

cublasStatus_t copy_vector(int n, int bytes, const void* from, int inc_from, void* to, int inc_to,
                           cudaMemcpyKind kind, bool wait, cudaStream_t stream) {
  if (n < 0 || bytes <= 0 || inc_from <= 0 || inc_to <= 0) return CUBLAS_STATUS_INVALID_VALUE;
  const size_t size = static_cast<size_t>(bytes), count = static_cast<size_t>(n);
  if (inc_from == 1 && inc_to == 1) {
    return copy_columns(to, size * count, from, size * count, size * count, n > 0 ? 1 : 0, kind,
                        wait, stream);
  }
  return copy_columns(to, size * static_cast<size_t>(inc_to), from,
                      size * static_cast<size_t>(inc_from), size, count, kind, wait, stream);
}

cublasStatus_t copy_matrix(int rows, int columns, int bytes, const void* from, int ld_from,
                           void* to, int ld_to, cudaMemcpyKind kind, bool wait,
                           cudaStream_t stream) {
  if (rows < 0 || columns < 0 || bytes <= 0 || ld_from <= 0 || ld_to <= 0 || ld_from < rows ||
      ld_to < rows) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  const size_t size = static_cast<size_t>(bytes);
  return copy_columns(to, size * static_cast<size_t>(ld_to), from,
                      size * static_cast<size_t>(ld_from), size * static_cast<size_t>(rows),
                      static_cast<size_t>(columns), kind, wait, stream);
}

}  // namespace

extern "C" {

cublasStatus_t cublasSetVector(int n, int bytes, const void* x, int incx, void* y, int incy) {
  return copy_vector(n, bytes, x, incx, y, incy, cudaMemcpyHostToDevice, true, nullptr);
}
cublasStatus_t cublasGetVector(int n, int bytes, const void* x, int incx, void* y, int incy) {
  return copy_vector(n, bytes, x, incx, y, incy, cudaMemcpyDeviceToHost, true, nullptr);
}
cublasStatus_t cublasSetVectorAsync(int n, int bytes, const void* x, int incx, void* y, int incy,
                                    cudaStream_t stream) {
  return copy_vector(n, bytes, x, incx, y, incy, cudaMemcpyHostToDevice, false, stream);
}
cublasStatus_t cublasGetVectorAsync(int n, int bytes, const void* x, int incx, void* y, int incy,
                                    cudaStream_t stream) {
  return copy_vector(n, bytes, x, incx, y, incy, cudaMemcpyDeviceToHost, false, stream);
}
cublasStatus_t cublasSetMatrix(int rows, int cols, int bytes, const void* a, int lda, void* b,
                               int ldb) {
  return copy_matrix(rows, cols, bytes, a, lda, b, ldb, cudaMemcpyHostToDevice, true, nullptr);
}
cublasStatus_t cublasGetMatrix(int rows, int cols, int bytes, const void* a, int lda, void* b,
                               int ldb) {
  return copy_matrix(rows, cols, bytes, a, lda, b, ldb, cudaMemcpyDeviceToHost, true, nullptr);
}
cublasStatus_t cublasSetMatrixAsync(int rows, int cols, int bytes, const void* a, int lda, void* b,
                                    int ldb, cudaStream_t stream) {
  return copy_matrix(rows, cols, bytes, a, lda, b, ldb, cudaMemcpyHostToDevice, false, stream);
}
cublasStatus_t cublasGetMatrixAsync(int rows, int cols, int bytes, const void* a, int lda, void* b,
                                    int ldb, cudaStream_t stream) {
  return copy_matrix(rows, cols, bytes, a, lda, b, ldb, cudaMemcpyDeviceToHost, false, stream);
}

}  // extern "C"
