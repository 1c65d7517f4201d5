// The reference's golden arrays as a phase's matrices, and a phase's matrices as arrays to compare
// with them. M is a phase's matrix: M(rows, cols), rows(), cols(), data(), row after row.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "common/check.h"
#include "common/golden.h"

namespace nn {

// A golden array as an M: (M,N) as it is, (N) as one row (1,N), a scalar as (1,1). "softmax/z" is
// reference/golden/softmax/z.npy; an unknown name is nn::Error.
template <class M>
M golden_matrix_as(const std::string& name) {
  const NpyArray array = read_golden(name);
  NN_CHECK(array.shape.size() <= 2, name, " has shape ", to_string(array.shape),
           "; a Matrix has two extents");
  const int rows = array.shape.size() == 2 ? static_cast<int>(array.shape[0]) : 1;
  const int cols = array.shape.empty() ? 1 : static_cast<int>(array.shape.back());
  M m(rows, cols);
  using Element = std::remove_cvref_t<decltype(*m.data())>;
  std::ranges::transform(array.as_doubles(), m.data(),
                         [](double value) { return static_cast<Element>(value); });
  return m;
}

// A golden array of integers, such as labels.
inline std::vector<int> golden_labels(const std::string& name) {
  std::vector<int> labels;
  for (const std::int64_t label : read_golden(name).as_integers()) {
    labels.push_back(static_cast<int>(label));
  }
  return labels;
}

// A golden scalar.
inline double golden_number(const std::string& name) {
  const std::vector<double> values = read_golden(name).as_doubles();
  NN_CHECK_EQ(values.size(), std::size_t{1}, name, " is not a scalar");
  return values[0];
}

// The shape that `got` has as an array to be compared with one of shape `want`: NumPy writes a bias
// as (N) and a loss as a scalar where a matrix is (1,N) and (1,1). Otherwise (rows, cols).
template <class M>
Shape array_shape(const M& got, const Shape& want) {
  if (want.size() == 1 && got.rows() == 1 && got.cols() == want[0]) return want;
  if (want.empty() && got.rows() == 1 && got.cols() == 1) return want;
  return {got.rows(), got.cols()};
}

}  // namespace nn
