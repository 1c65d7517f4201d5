#include "phase1_cpu/testing.h"

#include <algorithm>
#include <cmath>

#include "common/compare_report.h"

namespace nn::basic {

Matrix random_matrix(int rows, int cols, Philox& rng) {
  Matrix m(rows, cols);
  fill_normal(m.values(), 0.0, 1.0, rng);
  return m;
}

const std::vector<MatrixShape>& awkward_shapes() {
  static const std::vector<MatrixShape> shapes{{1, 1},   {1, 129},  {127, 1}, {31, 32},
                                               {33, 31}, {32, 127}, {129, 33}};
  return shapes;
}

Matrix product_in_long_double(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows(), b.cols());
  for (int m = 0; m < a.rows(); ++m) {
    for (int n = 0; n < b.cols(); ++n) {
      long double dot = 0;
      for (int k = 0; k < a.cols(); ++k) dot += static_cast<long double>(a(m, k)) * b(k, n);
      c(m, n) = static_cast<double>(dot);
    }
  }
  return c;
}

Matrix product_bound(const Matrix& a, const Matrix& b) {
  Matrix bound(a.rows(), b.cols());
  for (int m = 0; m < a.rows(); ++m) {
    for (int n = 0; n < b.cols(); ++n) {
      double sum_abs = 0;
      for (int k = 0; k < a.cols(); ++k) sum_abs += std::abs(a(m, k)) * std::abs(b(k, n));
      bound(m, n) = 2 * gamma_bound(a.cols()) * sum_abs;
    }
  }
  return bound;
}

testing::AssertionResult stays_nan(double value) {
  if (std::isnan(value)) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "a NaN went in and " << number(value)
         << " came out, so a broken network would look fine\n"
            "  looks like: a NaN lost in a comparison, which is false for it, or in\n"
            "    std::max or std::min, which then keep their first argument";
}

}  // namespace nn::basic
