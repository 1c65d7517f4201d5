// The matrix product that the rest of phase 2 uses: the quickest way for the shape.
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// c (M,N) = alpha * a (M,K) . b (K,N) + beta * c, as product.h says. Needs no memory of its own once
// it has met the largest shape. The result does not depend on the number of threads.
void matmul(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
