// Rung 05: operands copied to where the tile reads them.    prev: 04_register_tile   next: 06_threads
// Idea    In a large matrix the rows of a tile lie kilobytes apart: each on a page of its own, and,
//         where the stride is a power of two, all in the same few places of the cache. Copied once,
//         they lie together, and each copy is used many times.
// Moves   a once for every kBlocks.N columns, b once, c twice for every kBlocks.K terms.
// Needs   In L2's 2 MiB: a block of a, 224 * 784 * 4 B = 686 KiB, and a panel of b, 768 * 32 * 4 B =
//         96 KiB, which the tile reads at 9 bytes a cycle. With K = 256 the panel would fit L1, and
//         c, visited three times as often, cost more than that saved (README.md has the numbers).
// Source  [GotoGeijn08] sections 4 and 5: which operand lives in which cache.
#include "phase2_vectorized/week04_speed/matmul_05_packed.h"

#include <algorithm>

#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"

namespace nn::cpu {
namespace {

// Where blocks are packed to. Kept from call to call, so that a training loop allocates nothing;
// one for each thread.
thread_local Matrix packed_a, packed_b;

// Rows of packed_a lie this far apart: a multiple of a cache line and never of 4096 bytes, which
// would put all of them into the same places of the cache.
int row_stride_of(int depth) { return (depth + 15) / 16 * 16 + 16; }

}  // namespace

void pack_a(float* packed, ConstMatrixView a, int row_stride) {
  // >>> about 9 lines. README.md, "Copies that pay".
  if (a.col_stride == 1) {
    for (int m = 0; m < a.rows; ++m) {
      std::copy_n(a.data + m * a.row_stride, a.cols, packed + std::int64_t{m} * row_stride);
    }
    return;
  }
  for (int k = 0; k < a.cols; ++k) {  // a transposed a: read in its memory's order
    for (int m = 0; m < a.rows; ++m) packed[std::int64_t{m} * row_stride + k] = a(m, k);
  }
  // <<< NN_TODO("pack_a");
}

void pack_b(float* packed, ConstMatrixView b) {
  // >>> about 9 lines. README.md, "Copies that pay".
  if (b.col_stride == 1) {
    for (int k = 0; k < b.rows; ++k) {
      std::copy_n(b.data + k * b.row_stride, b.cols, packed + std::int64_t{k} * b.cols);
    }
    return;
  }
  for (int n = 0; n < b.cols; ++n) {
    for (int k = 0; k < b.rows; ++k) packed[std::int64_t{k} * b.cols + n] = b(k, n);
  }
  // <<< NN_TODO("pack_b");
}

void matmul_05_packed(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  check_product(c, a, b);
  const int M = c.rows, N = c.cols, K = a.cols;
  if (K == 0) return scale_rows(c, scale.beta);
  const RegisterTile& tile = register_tile();
  // >>> about 28 lines. README.md, "Copies that pay".
  // Steps of one size, so that none is a sliver: a visit to c costs the same for few terms as for many.
  const int k_step = even_step(K, kBlocks.K), m_block = even_step(M, kBlocks.M);
  for (int n0 = 0; n0 < N; n0 += kBlocks.N) {
    const int width = std::min(kBlocks.N, N - n0);
    for (int k0 = 0; k0 < K; k0 += k_step) {
      const int depth = std::min(k_step, K - k0);
      const float beta = k0 == 0 ? scale.beta : 1;  // the later blocks add to what the first left
      const int a_stride = row_stride_of(depth);
      packed_b.resize(depth, width);
      for (int m0 = 0; m0 < M; m0 += m_block) {
        const int height = std::min(m_block, M - m0), m_step = even_step(height, tile.rows);
        packed_a.resize(height, a_stride);
        pack_a(packed_a.data(), a.block(m0, k0, height, depth), a_stride);
        for (int n = 0; n < width; n += tile.cols) {
          const int cols = std::min(tile.cols, width - n);
          float* panel = packed_b.data() + std::int64_t{n} * depth;
          // The first block of rows needs every panel, so it packs each just before it is used.
          if (m0 == 0) pack_b(panel, b.block(k0, n0 + n, depth, cols));
          for (int m = 0; m < height; m += m_step) {
            tile.run({.c = &c(m0 + m, n0 + n),
                      .c_row_stride = c.row_stride,
                      .a = packed_a.data() + std::int64_t{m} * a_stride,
                      .a_row_stride = a_stride,
                      .a_k_stride = 1,
                      .b = panel,
                      .b_row_stride = cols,
                      .rows = std::min(m_step, height - m),
                      .cols = cols,
                      .K = depth,
                      .alpha = scale.alpha,
                      .beta = beta});
          }
        }
      }
    }
  }
  // <<< NN_TODO("matmul_05_packed");
}

}  // namespace nn::cpu
