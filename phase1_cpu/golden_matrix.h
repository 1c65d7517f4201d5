// The reference's golden arrays as this phase's types, and this phase's results as .npy arrays.
#pragma once

#include <string>
#include <vector>

#include "common/compare.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// A golden array as a Matrix: (M,N) as it is, (N) as one row (1,N), a scalar as (1,1).
// "softmax/z" is reference/golden/softmax/z.npy; an unknown name is nn::Error.
Matrix golden_matrix(const std::string& name);
// A golden array of integers, such as labels.
std::vector<int> golden_labels(const std::string& name);
// A golden scalar.
double golden_number(const std::string& name);

// The shape that `got` has as an array to be compared with one of shape `want`: NumPy writes a bias
// as (N) and a loss as a scalar where a Matrix is (1,N) and (1,1). Otherwise (rows, cols).
Shape array_shape(const Matrix& got, const Shape& want);

}  // namespace nn::basic
