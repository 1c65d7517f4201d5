#include "phase1_cpu/week01_matrix/broadcast.h"

#include <span>

#include "common/check.h"

namespace nn::basic {

Matrix add_row(const Matrix& a, const Matrix& row) {
  NN_CHECK(row.rows() == 1 && row.cols() == a.cols(), "a is ", shape_text(a), ", row is ",
           shape_text(row), "; row must be (1, ", a.cols(), ")");
  Matrix c(a.rows(), a.cols());
  // >>> about 6 lines. README.md, "One row for all".
  const std::span<const double> added = row.row(0);
  for (int m = 0; m < a.rows(); ++m) {
    const std::span<const double> a_row = a.row(m);
    const std::span<double> c_row = c.row(m);
    for (int n = 0; n < a.cols(); ++n) c_row[n] = a_row[n] + added[n];
  }
  // <<< NN_TODO("add_row");
  return c;
}

}  // namespace nn::basic
