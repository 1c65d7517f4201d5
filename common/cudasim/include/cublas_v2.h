// cublas_v2.h: the parts of cuBLAS that the course and small programs use: products (also of half and
// bfloat16), the vector operations of BLAS level 1 and 2 in float and double, and copies. Matrices are
// column-major. Names, argument order and status codes: cuBLAS documentation.
#pragma once
#include "cuda_runtime_api.h"
#include "library_types.h"

#ifdef __cplusplus
class __half;
#else
typedef struct __half __half;
#endif

typedef struct cublasContext* cublasHandle_t;

typedef enum {
  CUBLAS_STATUS_SUCCESS = 0,
  CUBLAS_STATUS_NOT_INITIALIZED = 1,
  CUBLAS_STATUS_ALLOC_FAILED = 3,
  CUBLAS_STATUS_INVALID_VALUE = 7,
  CUBLAS_STATUS_ARCH_MISMATCH = 8,
  CUBLAS_STATUS_MAPPING_ERROR = 11,
  CUBLAS_STATUS_EXECUTION_FAILED = 13,
  CUBLAS_STATUS_INTERNAL_ERROR = 14,
  CUBLAS_STATUS_NOT_SUPPORTED = 15,
  CUBLAS_STATUS_LICENSE_ERROR = 16
} cublasStatus_t;
typedef enum { CUBLAS_OP_N = 0, CUBLAS_OP_T = 1, CUBLAS_OP_C = 2 } cublasOperation_t;
typedef enum { CUBLAS_POINTER_MODE_HOST = 0, CUBLAS_POINTER_MODE_DEVICE = 1 } cublasPointerMode_t;
typedef enum {
  CUBLAS_DEFAULT_MATH = 0,
  CUBLAS_TENSOR_OP_MATH = 1,
  CUBLAS_PEDANTIC_MATH = 2,
  CUBLAS_TF32_TENSOR_OP_MATH = 3,
  CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION = 16
} cublasMath_t;
typedef enum {
  CUBLAS_COMPUTE_16F = 64,
  CUBLAS_COMPUTE_16F_PEDANTIC = 65,
  CUBLAS_COMPUTE_32F = 68,
  CUBLAS_COMPUTE_32F_PEDANTIC = 69,
  CUBLAS_COMPUTE_64F = 70,
  CUBLAS_COMPUTE_64F_PEDANTIC = 71,
  CUBLAS_COMPUTE_32I = 72,
  CUBLAS_COMPUTE_32I_PEDANTIC = 73,
  CUBLAS_COMPUTE_32F_FAST_16F = 74,
  CUBLAS_COMPUTE_32F_FAST_16BF = 75,
  CUBLAS_COMPUTE_32F_FAST_TF32 = 77
} cublasComputeType_t;
typedef enum {  // one algorithm here, whatever is asked for
  CUBLAS_GEMM_DFALT = -1,
  CUBLAS_GEMM_DEFAULT = -1,
  CUBLAS_GEMM_ALGO0 = 0,
  CUBLAS_GEMM_DFALT_TENSOR_OP = 99,
  CUBLAS_GEMM_DEFAULT_TENSOR_OP = 99,
  CUBLAS_GEMM_ALGO0_TENSOR_OP = 100
} cublasGemmAlgo_t;

#define CUBLAS_SIGNATURE(T, P)                                                                     \
  cublasStatus_t cublas##P##gemm_v2(cublasHandle_t, cublasOperation_t, cublasOperation_t, int m,   \
                                    int n, int k, const T* alpha, const T* a, int lda, const T* b, \
                                    int ldb, const T* beta, T* c, int ldc);                        \
  cublasStatus_t cublas##P##gemmStridedBatched(                                                    \
      cublasHandle_t, cublasOperation_t, cublasOperation_t, int m, int n, int k, const T* alpha,   \
      const T* a, int lda, long long stride_a, const T* b, int ldb, long long stride_b,            \
      const T* beta, T* c, int ldc, long long stride_c, int batch);                                \
  cublasStatus_t cublas##P##gemmBatched(cublasHandle_t, cublasOperation_t, cublasOperation_t,      \
                                        int m, int n, int k, const T* alpha, const T* const a[],   \
                                        int lda, const T* const b[], int ldb, const T* beta,       \
                                        T* const c[], int ldc, int batch);                         \
  cublasStatus_t cublas##P##gemv_v2(cublasHandle_t, cublasOperation_t, int m, int n,               \
                                    const T* alpha, const T* a, int lda, const T* x, int incx,     \
                                    const T* beta, T* y, int incy);                                \
  cublasStatus_t cublas##P##ger_v2(cublasHandle_t, int m, int n, const T* alpha, const T* x,       \
                                   int incx, const T* y, int incy, T* a, int lda);                 \
  cublasStatus_t cublas##P##geam(cublasHandle_t, cublasOperation_t, cublasOperation_t, int m,      \
                                 int n, const T* alpha, const T* a, int lda, const T* beta,        \
                                 const T* b, int ldb, T* c, int ldc);                              \
  cublasStatus_t cublas##P##axpy_v2(cublasHandle_t, int n, const T* alpha, const T* x, int incx,   \
                                    T* y, int incy);                                               \
  cublasStatus_t cublas##P##scal_v2(cublasHandle_t, int n, const T* alpha, T* x, int incx);        \
  cublasStatus_t cublas##P##copy_v2(cublasHandle_t, int n, const T* x, int incx, T* y, int incy);  \
  cublasStatus_t cublas##P##swap_v2(cublasHandle_t, int n, T* x, int incx, T* y, int incy);        \
  cublasStatus_t cublas##P##dot_v2(cublasHandle_t, int n, const T* x, int incx, const T* y,        \
                                   int incy, T* result);                                           \
  cublasStatus_t cublas##P##nrm2_v2(cublasHandle_t, int n, const T* x, int incx, T* result);       \
  cublasStatus_t cublas##P##asum_v2(cublasHandle_t, int n, const T* x, int incx, T* result);       \
  cublasStatus_t cublasI##P##amax_v2(cublasHandle_t, int n, const T* x, int incx, int* result);    \
  cublasStatus_t cublasI##P##amin_v2(cublasHandle_t, int n, const T* x, int incx, int* result);

#ifdef __cplusplus
extern "C" {
#endif
cublasStatus_t cublasCreate_v2(cublasHandle_t* handle);
cublasStatus_t cublasDestroy_v2(cublasHandle_t handle);
cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version);
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream);
cublasStatus_t cublasGetStream_v2(cublasHandle_t handle, cudaStream_t* stream);
cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t mode);
cublasStatus_t cublasGetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t* mode);
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode);
cublasStatus_t cublasGetMathMode(cublasHandle_t handle, cublasMath_t* mode);
const char* cublasGetStatusName(cublasStatus_t status);
const char* cublasGetStatusString(cublasStatus_t status);
CUBLAS_SIGNATURE(float, S)
CUBLAS_SIGNATURE(double, D)
#undef CUBLAS_SIGNATURE
cublasStatus_t cublasHgemm(cublasHandle_t handle, cublasOperation_t, cublasOperation_t, int m,
                           int n, int k, const __half* alpha, const __half* a, int lda,
                           const __half* b, int ldb, const __half* beta, __half* c, int ldc);
cublasStatus_t cublasHgemmStridedBatched(cublasHandle_t handle, cublasOperation_t,
                                         cublasOperation_t, int m, int n, int k,
                                         const __half* alpha, const __half* a, int lda,
                                         long long stride_a, const __half* b, int ldb,
                                         long long stride_b, const __half* beta, __half* c, int ldc,
                                         long long stride_c, int batch);
cublasStatus_t cublasSgemmEx(cublasHandle_t handle, cublasOperation_t, cublasOperation_t, int m,
                             int n, int k, const float* alpha, const void* a, cudaDataType a_type,
                             int lda, const void* b, cudaDataType b_type, int ldb,
                             const float* beta, void* c, cudaDataType c_type, int ldc);
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t, cublasOperation_t, int m,
                            int n, int k, const void* alpha, const void* a, cudaDataType a_type,
                            int lda, const void* b, cudaDataType b_type, int ldb, const void* beta,
                            void* c, cudaDataType c_type, int ldc, cublasComputeType_t compute,
                            cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t, cublasOperation_t,
                                   int m, int n, int k, const void* alpha, const void* const a[],
                                   cudaDataType a_type, int lda, const void* const b[],
                                   cudaDataType b_type, int ldb, const void* beta, void* const c[],
                                   cudaDataType c_type, int ldc, int batch,
                                   cublasComputeType_t compute, cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t,
                                          cublasOperation_t, int m, int n, int k, const void* alpha,
                                          const void* a, cudaDataType a_type, int lda,
                                          long long stride_a, const void* b, cudaDataType b_type,
                                          int ldb, long long stride_b, const void* beta, void* c,
                                          cudaDataType c_type, int ldc, long long stride_c,
                                          int batch, cublasComputeType_t compute,
                                          cublasGemmAlgo_t algorithm);

// Copies of n elements of `bytes` each, and of the first `rows` of each column.
cublasStatus_t cublasSetVector(int n, int bytes, const void* x, int incx, void* y, int incy);
cublasStatus_t cublasGetVector(int n, int bytes, const void* x, int incx, void* y, int incy);
cublasStatus_t cublasSetVectorAsync(int n, int bytes, const void* x, int incx, void* y, int incy,
                                    cudaStream_t stream);
cublasStatus_t cublasGetVectorAsync(int n, int bytes, const void* x, int incx, void* y, int incy,
                                    cudaStream_t stream);
cublasStatus_t cublasSetMatrix(int rows, int cols, int bytes, const void* a, int lda, void* b,
                               int ldb);
cublasStatus_t cublasGetMatrix(int rows, int cols, int bytes, const void* a, int lda, void* b,
                               int ldb);
cublasStatus_t cublasSetMatrixAsync(int rows, int cols, int bytes, const void* a, int lda, void* b,
                                    int ldb, cudaStream_t stream);
cublasStatus_t cublasGetMatrixAsync(int rows, int cols, int bytes, const void* a, int lda, void* b,
                                    int ldb, cudaStream_t stream);
#ifdef __cplusplus
}
// The compute type by the name of an element type, as before CUDA 11.
static inline cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t ta,
                                          cublasOperation_t tb, int m, int n, int k,
                                          const void* alpha, const void* a, cudaDataType a_type,
                                          int lda, const void* b, cudaDataType b_type, int ldb,
                                          const void* beta, void* c, cudaDataType c_type, int ldc,
                                          cudaDataType compute, cublasGemmAlgo_t algorithm) {
  if (compute != CUDA_R_16F && compute != CUDA_R_32F && compute != CUDA_R_64F) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return cublasGemmEx(handle, ta, tb, m, n, k, alpha, a, a_type, lda, b, b_type, ldb, beta, c,
                      c_type, ldc,
                      compute == CUDA_R_16F   ? CUBLAS_COMPUTE_16F
                      : compute == CUDA_R_32F ? CUBLAS_COMPUTE_32F
                                              : CUBLAS_COMPUTE_64F,
                      algorithm);
}
#endif

#define cublasCreate cublasCreate_v2
#define cublasDestroy cublasDestroy_v2
#define cublasGetVersion cublasGetVersion_v2
#define cublasSetStream cublasSetStream_v2
#define cublasGetStream cublasGetStream_v2
#define cublasSetPointerMode cublasSetPointerMode_v2
#define cublasGetPointerMode cublasGetPointerMode_v2
#define cublasSgemm cublasSgemm_v2
#define cublasDgemm cublasDgemm_v2
#define cublasSgemv cublasSgemv_v2
#define cublasDgemv cublasDgemv_v2
#define cublasSger cublasSger_v2
#define cublasDger cublasDger_v2
#define cublasSaxpy cublasSaxpy_v2
#define cublasDaxpy cublasDaxpy_v2
#define cublasSscal cublasSscal_v2
#define cublasDscal cublasDscal_v2
#define cublasScopy cublasScopy_v2
#define cublasDcopy cublasDcopy_v2
#define cublasSswap cublasSswap_v2
#define cublasDswap cublasDswap_v2
#define cublasSdot cublasSdot_v2
#define cublasDdot cublasDdot_v2
#define cublasSnrm2 cublasSnrm2_v2
#define cublasDnrm2 cublasDnrm2_v2
#define cublasSasum cublasSasum_v2
#define cublasDasum cublasDasum_v2
#define cublasIsamax cublasISamax_v2
#define cublasIdamax cublasIDamax_v2
#define cublasIsamin cublasISamin_v2
#define cublasIdamin cublasIDamin_v2
