// Rung 05: operands copied to where the tile reads them.    prev: 04_register_tile   next: 06_threads
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// The extents of a block, of which the tile takes its pieces; matmul_05_packed.cc says why.
struct BlockSizes {
  int K;  // terms of a sum between one visit to c and the next
  int M;  // rows of a
  int N;  // columns of b
};
inline constexpr BlockSizes kBlocks{.K = 768, .M = 224, .N = 2048};

// packed[m * row_stride + k] = a[m,k]: rows of one block side by side. row_stride >= a.cols.
void pack_a(float* packed, ConstMatrixView a, int row_stride);

// packed[k * b.cols + n] = b[k,n]: a panel of a few columns, row after row without a gap.
void pack_b(float* packed, ConstMatrixView b);

// c = alpha * a . b + beta * c, as product.h says, in blocks that fit the caches.
void matmul_05_packed(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
