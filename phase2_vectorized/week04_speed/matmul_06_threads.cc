// Rung 06: pieces of c, one for each thread.    prev: 05_packed   next: 07_amx_split
// Idea    Rows of c (or columns, where there are more of them) need nothing of each other. Cutting K
//         instead would give every thread a part of each sum: their order, and with it the last
//         bits, would depend on how many threads there are.
// Moves   What rung 05 moves, for each thread its own; the operand that is not cut is packed by all.
// Needs   Pieces of whole tiles, so that none is cut in two.
#include "phase2_vectorized/week04_speed/matmul_06_threads.h"

#include <algorithm>

#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"
#include "phase2_vectorized/week04_speed/matmul_05_packed.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"

namespace nn::cpu {

void matmul_in_pieces(Product product, MatrixView c, ConstMatrixView a, ConstMatrixView b,
                      Scale scale) {
  check_product(c, a, b);
  const int M = c.rows, N = c.cols, K = a.cols;
  const RegisterTile& tile = register_tile();
  // >>> about 18 lines. README.md, "Two threads".
  const bool by_rows = M >= N;
  const int extent = by_rows ? M : N, step = by_rows ? tile.rows : tile.cols;
  const int tiles = (extent + step - 1) / step;
  const int pieces = std::max(1, std::min(threads(), tiles));
  run_parallel(pieces, [&](int piece) {
    const auto begin_of = [&](int p) {  // in int64: tiles * threads may pass 2^31
      return std::min(extent, static_cast<int>(std::int64_t{tiles} * p / pieces) * step);
    };
    const int begin = begin_of(piece), size = begin_of(piece + 1) - begin;
    if (by_rows) {
      product(c.block(begin, 0, size, N), a.block(begin, 0, size, K), b, scale);
    } else {
      product(c.block(0, begin, M, size), a, b.block(0, begin, K, size), scale);
    }
  });
  // <<< NN_TODO("matmul_in_pieces");
}

void matmul_06_threads(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  matmul_in_pieces(&matmul_05_packed, c, a, b, scale);
}

}  // namespace nn::cpu
