// Rung 01: the textbook's order.    next: 02_ikj
// Idea    Element (m,n) of c is a dot product: row m of a with column n of b.
// Moves   b is walked down its columns: one float used of every cache line of 16, K lines a column.
// Limits  Each addition waits for the one before it, some 4 cycles, whatever else is idle.
#include "phase2_vectorized/week04_speed/matmul_01_ijk.h"

namespace nn::cpu {

void matmul_01_ijk(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  check_product(c, a, b);
  const int M = c.rows, N = c.cols, K = a.cols;
  // >>> about 8 lines. README.md, "The product again".
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) {
      float dot = 0;
      for (int k = 0; k < K; ++k) dot += a(m, k) * b(k, n);
      const float old =
          scale.beta == 0 ? 0 : scale.beta * c(m, n);  // NaN in c may not come through
      c(m, n) = scale.alpha * dot + old;
    }
  }
  // <<< NN_TODO("matmul_01_ijk");
}

}  // namespace nn::cpu
