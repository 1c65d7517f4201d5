// Rung 04: a tile of c in registers.    prev: 03_cache_tiles   next: 05_packed
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// One tile of c: rows x cols of it, with K terms in each sum.
//   c[r,n] = alpha * sum_k a[r,k] * b[k,n] + beta * c[r,n]     r in [0,rows), n in [0,cols)
struct TileProduct {
  float* c;  // (rows,cols)
  std::int64_t c_row_stride;
  const float* a;  // (rows,K)
  std::int64_t a_row_stride;
  std::int64_t a_k_stride;  // from a[r,k] to a[r,k+1]
  const float* b;           // (K,cols), the elements of a row adjacent
  std::int64_t b_row_stride;
  int rows;  // 1 .. RegisterTile::rows
  int cols;  // 1 .. RegisterTile::cols
  int K;     // 0 or more
  float alpha;
  float beta;  // 0: c is not read
};

// The largest tile whose sums fit the registers, and the function that computes one such tile or
// any smaller one. Sums run over k in order, whatever rows and cols are: an element does not depend
// on the tile it lies in.
struct RegisterTile {
  int rows;
  int cols;
  void (*run)(const TileProduct& tile);
};

// For the instructions in use (simd_target.h): 14 x 32 with AVX-512, 6 x 16 with AVX2.
const RegisterTile& register_tile();

// c = alpha * a . b + beta * c, tile by tile. a and b are read where they are; only where b's rows
// are not contiguous (a transposed b) are its columns copied, a tile's width at a time.
void matmul_04_register_tile(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
