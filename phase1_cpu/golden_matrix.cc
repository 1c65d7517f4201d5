#include "phase1_cpu/golden_matrix.h"

#include <algorithm>

#include "common/check.h"
#include "common/golden.h"

namespace nn::basic {

Matrix golden_matrix(const std::string& name) {
  const NpyArray array = read_golden(name);
  NN_CHECK(array.shape.size() <= 2, name, " has shape ", to_string(array.shape),
           "; a Matrix has two extents");
  const int rows = array.shape.size() == 2 ? static_cast<int>(array.shape[0]) : 1;
  const int cols = array.shape.empty() ? 1 : static_cast<int>(array.shape.back());
  Matrix m(rows, cols);
  std::ranges::copy(array.as_doubles(), m.data());
  return m;
}

std::vector<int> golden_labels(const std::string& name) {
  std::vector<int> labels;
  for (const std::int64_t label : read_golden(name).as_integers()) {
    labels.push_back(static_cast<int>(label));
  }
  return labels;
}

double golden_number(const std::string& name) {
  const Matrix m = golden_matrix(name);
  NN_CHECK_EQ(m.size(), 1, name, " is not a scalar");
  return m(0, 0);
}

Shape array_shape(const Matrix& got, const Shape& want) {
  if (want.size() == 1 && got.rows() == 1 && got.cols() == want[0]) return want;
  if (want.empty() && got.size() == 1) return want;
  return {got.rows(), got.cols()};
}

}  // namespace nn::basic
