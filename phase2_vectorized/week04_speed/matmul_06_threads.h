// Rung 06: pieces of c, one for each thread.    prev: 05_packed   next: 07_amx_split
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

using Product = void (*)(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale);

// Cuts c into as many pieces as there are threads, rows of c or columns of c, and computes each of
// them by `product`, in parallel. The result is the same to the last bit for every number of
// threads: a sum is never cut. A piece begins where a tile of registers begins.
void matmul_in_pieces(Product product, MatrixView c, ConstMatrixView a, ConstMatrixView b,
                      Scale scale = {});

// c = alpha * a . b + beta * c, as product.h says: rung 05 in pieces.
void matmul_06_threads(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
