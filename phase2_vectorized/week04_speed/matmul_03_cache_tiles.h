// Rung 03: pieces that fit a cache.    prev: 02_ikj   next: 04_register_tile
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// The extents of a piece of b: 128 * 256 floats are 128 KiB, a part of the second cache.
inline constexpr int kCacheTileK = 128;
inline constexpr int kCacheTileN = 256;

// c = alpha * a . b + beta * c, as product.h says. Each sum runs over k in order.
void matmul_03_cache_tiles(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
