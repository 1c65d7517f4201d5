// Reductions: many numbers to fewer.
#pragma once

#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

double sum(const Matrix& a);          // of all elements, row by row; 0 if there are none
Matrix row_sums(const Matrix& a);     // (M,1) from (M,N)
Matrix column_sums(const Matrix& a);  // (1,N) from (M,N)

// For each row the column of its largest element; of equals the first. A NaN counts as the largest
// (as in NumPy), so that a broken network shows. Throws nn::Error if a has no columns.
std::vector<int> argmax_rows(const Matrix& a);  // [M]

}  // namespace nn::basic
