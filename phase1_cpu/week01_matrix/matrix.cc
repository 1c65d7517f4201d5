#include "phase1_cpu/week01_matrix/matrix.h"

#include <limits>

#include "common/check.h"

namespace nn::basic {

Matrix::Matrix(int rows, int cols, double fill) {
  NN_CHECK(rows >= 0 && cols >= 0, "shape (", rows, ", ", cols, "); extents are 0 or more");
  NN_CHECK(cols == 0 || rows <= std::numeric_limits<int>::max() / cols, "shape (", rows, ", ", cols,
           ") has more than 2^31 - 1 elements");
  // >>> about 3 lines. README.md, "A matrix in memory".
  rows_ = rows;
  cols_ = cols;
  values_.assign(rows * cols, fill);
  // <<< NN_TODO("the constructor Matrix(rows, cols, fill)");
}

Matrix::Matrix(std::initializer_list<std::initializer_list<double>> rows) {
  rows_ = static_cast<int>(rows.size());
  cols_ = rows.size() == 0 ? 0 : static_cast<int>(rows.begin()->size());
  for (const auto& row : rows) {
    NN_CHECK_EQ(static_cast<int>(row.size()), cols_, "every row must be as long as the first");
    // >>> 1 line. README.md, "A matrix in memory".
    values_.insert(values_.end(), row.begin(), row.end());
    // <<< NN_TODO("the constructor Matrix{{...}, {...}}");
  }
}

int Matrix::index(int row, int col, CallSite caller) const {
  // >>> about 3 lines: check, then compute. README.md, "A matrix in memory".
  NN_CHECK_AT(caller, row >= 0 && row < rows_ && col >= 0 && col < cols_, "there is no element (",
              row, ", ", col, ") in a matrix of shape (", rows_, ", ", cols_, ")");
  return row * cols_ + col;
  // <<< NN_TODO("index");
}

double& Matrix::operator()(int row, int col, CallSite caller) {
  return values_[index(row, col, caller)];
}

double Matrix::operator()(int row, int col, CallSite caller) const {
  return values_[index(row, col, caller)];
}

std::span<double> Matrix::row(int row, CallSite caller) {
  NN_CHECK_AT(caller, row >= 0 && row < rows_, "there is no row ", row, " in a matrix of shape (",
              rows_, ", ", cols_, ")");
  // >>> 1 line. README.md, "A matrix in memory".
  return std::span<double>(values_).subspan(row * cols_, cols_);
  // <<< NN_TODO("row, for writing");
}

std::span<const double> Matrix::row(int row, CallSite caller) const {
  NN_CHECK_AT(caller, row >= 0 && row < rows_, "there is no row ", row, " in a matrix of shape (",
              rows_, ", ", cols_, ")");
  // >>> 1 line. README.md, "A matrix in memory".
  return std::span<const double>(values_).subspan(row * cols_, cols_);
  // <<< NN_TODO("row, for reading");
}

std::string shape_text(const Matrix& a) { return detail::cat("(", a.rows(), ", ", a.cols(), ")"); }

}  // namespace nn::basic
