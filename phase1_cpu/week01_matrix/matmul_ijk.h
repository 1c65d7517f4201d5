// The matrix product as the textbook writes it: one dot product an element.
// The week's second version, matmul.h, does the same arithmetic in an order memory likes better.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// c (M,N) = a (M,K) . b (K,N): c[m,n] = sum_k a[m,k] * b[k,n].
// Throws nn::Error naming both shapes if a has not as many columns as b has rows.
Matrix matmul_ijk(const Matrix& a, const Matrix& b);

}  // namespace nn::basic
