// Rung 02: rows of c, in memory's order.    prev: 01_ijk   next: 03_cache_tiles
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// c = alpha * a . b + beta * c, as product.h says. c itself holds the sums while they grow.
void matmul_02_ikj(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
