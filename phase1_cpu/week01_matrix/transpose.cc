#include "phase1_cpu/week01_matrix/transpose.h"

#include "common/check.h"

namespace nn::basic {

Matrix transpose(const Matrix& a) {
  const int M = a.rows(), N = a.cols();
  Matrix t(N, M);
  // >>> about 3 lines. README.md, "Rows become columns".
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) t(n, m) = a(m, n);  // reads along a row, writes down a column
  }
  // <<< NN_TODO("transpose");
  return t;
}

}  // namespace nn::basic
