#include "phase1_cpu/week01_matrix/reduce.h"

#include <cmath>
#include <span>

#include "common/check.h"

namespace nn::basic {

double sum(const Matrix& a) {
  // >>> about 3 lines. README.md, "Many numbers to fewer".
  double total = 0;
  for (const double value : a.values()) total += value;
  return total;
  // <<< NN_TODO("sum");
}

Matrix row_sums(const Matrix& a) {
  Matrix sums(a.rows(), 1);
  // >>> about 5 lines. README.md, "Many numbers to fewer".
  for (int m = 0; m < a.rows(); ++m) {
    double total = 0;
    for (const double value : a.row(m)) total += value;
    sums(m, 0) = total;
  }
  // <<< NN_TODO("row_sums");
  return sums;
}

Matrix column_sums(const Matrix& a) {
  Matrix sums(1, a.cols());
  // >>> about 5 lines. README.md, "Many numbers to fewer".
  const std::span<double> totals = sums.row(0);
  for (int m = 0; m < a.rows(); ++m) {
    const std::span<const double> a_row = a.row(m);
    for (int n = 0; n < a.cols(); ++n) totals[n] += a_row[n];
  }
  // <<< NN_TODO("column_sums");
  return sums;
}

std::vector<int> argmax_rows(const Matrix& a) {
  NN_CHECK(a.cols() > 0, "a is ", shape_text(a), "; a row without columns has no largest element");
  std::vector<int> best(a.rows(), 0);
  // >>> about 8 lines. README.md, "Many numbers to fewer".
  for (int m = 0; m < a.rows(); ++m) {
    const std::span<const double> row = a.row(m);
    for (int n = 1; n < a.cols(); ++n) {
      if (std::isnan(row[best[m]])) break;  // nothing is larger, and of equals the first counts
      if (row[n] > row[best[m]] || std::isnan(row[n])) best[m] = n;
    }
  }
  // <<< NN_TODO("argmax_rows");
  return best;
}

}  // namespace nn::basic
