#include "phase1_cpu/week01_matrix/matmul_ijk.h"

#include <span>

#include "common/check.h"

namespace nn::basic {

Matrix matmul_ijk(const Matrix& a, const Matrix& b) {
  NN_CHECK(a.cols() == b.rows(), "a is ", shape_text(a), ", b is ", shape_text(b),
           "; a product needs as many columns in a as rows in b");
  const int M = a.rows(), K = a.cols(), N = b.cols();
  Matrix c(M, N);
  // >>> about 10 lines. README.md, "The product".
  for (int m = 0; m < M; ++m) {
    const std::span<const double> a_row = a.row(m);
    for (int n = 0; n < N; ++n) {
      double dot = 0;
      for (int k = 0; k < K; ++k) {
        dot += a_row[k] * b.values()[k * N + n];  // down a column of b: N doubles a step
      }
      c(m, n) = dot;
    }
  }
  // <<< NN_TODO("matmul_ijk");
  return c;
}

}  // namespace nn::basic
