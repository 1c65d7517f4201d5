// transpose: t[n,m] = a[m,n].
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

Matrix transpose(const Matrix& a);  // (N,M) from a (M,N)

}  // namespace nn::basic
