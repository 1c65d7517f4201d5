// Rung 01: the textbook's order, one dot product an element.    next: 02_ikj
#pragma once

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// c = alpha * a . b + beta * c, as product.h says. Each sum is kept in one float, in order of k.
void matmul_01_ijk(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
