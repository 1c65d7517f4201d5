// One row against every row of a matrix: how a bias reaches each example of a batch.
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// (M,N): a[m,n] + row[0,n], row (1,N). Throws nn::Error naming both shapes otherwise.
Matrix add_row(const Matrix& a, const Matrix& row);

}  // namespace nn::basic
