// Rung 03: pieces that fit a cache.    prev: 02_ikj   next: 04_register_tile
// Idea    Rung 02 reads all of b once for every row of c. Here a piece of b, (128,256), is used for
//         every row of c before the next piece is touched: it is fetched from memory once.
// Moves   K*N floats of b from memory instead of M*K*N; within a piece, as rung 02 does.
// Pays    Only where b is larger than the caches. Below that it is rung 02 with more loops.
// Source  [GolubVanLoan13] section 1.5, blocking for data reuse.
#include "phase2_vectorized/week04_speed/matmul_03_cache_tiles.h"

#include <algorithm>

#include "phase2_vectorized/week04_speed/matmul_02_ikj.h"

namespace nn::cpu {

void matmul_03_cache_tiles(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  check_product(c, a, b);
  const int M = c.rows, N = c.cols, K = a.cols;
  scale_rows(c, scale.beta);
  // >>> about 9 lines. README.md, "Pieces that fit a cache".
  for (int n0 = 0; n0 < N; n0 += kCacheTileN) {
    const int width = std::min(kCacheTileN, N - n0);
    for (int k0 = 0; k0 < K; k0 += kCacheTileK) {
      const int depth = std::min(kCacheTileK, K - k0);
      matmul_02_ikj(c.block(0, n0, M, width), a.block(0, k0, M, depth),
                    b.block(k0, n0, depth, width), {.alpha = scale.alpha, .beta = 1});
    }
  }
  // <<< NN_TODO("matmul_03_cache_tiles");
}

}  // namespace nn::cpu
