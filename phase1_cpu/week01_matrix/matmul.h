// The matrix product that the rest of phase 1 uses.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// c (M,N) = a (M,K) . b (K,N): c[m,n] = sum_k a[m,k] * b[k,n], summed in order of k.
// Throws nn::Error naming both shapes if a has not as many columns as b has rows.
Matrix matmul(const Matrix& a, const Matrix& b);

}  // namespace nn::basic
