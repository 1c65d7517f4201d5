#include "phase1_cpu/week01_matrix/matmul.h"

#include <span>

#include "common/check.h"

namespace nn::basic {

Matrix matmul(const Matrix& a, const Matrix& b) {
  NN_CHECK(a.cols() == b.rows(), "a is ", shape_text(a), ", b is ", shape_text(b),
           "; a product needs as many columns in a as rows in b");
  const int M = a.rows(), K = a.cols(), N = b.cols();
  Matrix c(M, N);
  // >>> about 9 lines. README.md, "The same product, in memory's order".
  for (int m = 0; m < M; ++m) {
    const std::span<double> c_row = c.row(m);
    for (int k = 0; k < K; ++k) {
      const double a_mk = a(m, k);
      const std::span<const double> b_row = b.row(k);
      for (int n = 0; n < N; ++n) c_row[n] += a_mk * b_row[n];  // both rows left to right
    }
  }
  // <<< NN_TODO("matmul");
  return c;
}

}  // namespace nn::basic
