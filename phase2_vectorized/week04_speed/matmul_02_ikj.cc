// Rung 02: the loop over n inside.    prev: 01_ijk   next: 03_cache_tiles
// Idea    Row m of c grows by a[m,k] times row k of b: all of a cache line is used, no addition
//         waits for another, and the compiler makes vector instructions of the loop by itself.
// Moves   A row of b and a row of c, read and written, for every k: M*N*K * 12 bytes, from L1 at best.
#include "phase2_vectorized/week04_speed/matmul_02_ikj.h"

namespace nn::cpu {

void matmul_02_ikj(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  check_product(c, a, b);
  const int M = c.rows, N = c.cols, K = a.cols;
  scale_rows(c, scale.beta);
  // >>> about 8 lines. README.md, "Rows, and what the compiler makes of them".
  for (int m = 0; m < M; ++m) {
    float* c_row = c.row(m);
    for (int k = 0; k < K; ++k) {
      const float a_mk = scale.alpha * a(m, k);
      const float* b_row = b.data + k * b.row_stride;
      if (b.col_stride == 1) {  // known here, so that the loop below needs no stride
        for (int n = 0; n < N; ++n) c_row[n] += a_mk * b_row[n];
      } else {
        for (int n = 0; n < N; ++n) c_row[n] += a_mk * b_row[n * b.col_stride];
      }
    }
  }
  // <<< NN_TODO("matmul_02_ikj");
}

}  // namespace nn::cpu
