#include "phase2_vectorized/week04_speed/matrix.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <new>
#include <utility>

namespace nn::cpu {

Matrix::Matrix(int rows, int cols, float fill) {
  resize(rows, cols);
  std::ranges::fill(values(), fill);
}

Matrix::Matrix(std::initializer_list<std::initializer_list<float>> rows) {
  NN_CHECK(rows.size() <= std::numeric_limits<int>::max(), rows.size(), " rows are too many");
  resize(static_cast<int>(rows.size()),
         rows.size() == 0 ? 0 : static_cast<int>(rows.begin()->size()));
  float* to = data();
  for (const auto& row : rows) {
    NN_CHECK_EQ(static_cast<int>(row.size()), cols_, "every row of a matrix is as long");
    to = std::ranges::copy(row, to).out;
  }
}

Matrix::Matrix(const Matrix& other) { *this = other; }

Matrix& Matrix::operator=(const Matrix& other) {
  if (this != &other) {
    resize(other.rows_, other.cols_);
    std::ranges::copy(other.values(), data());
  }
  return *this;
}

Matrix::Matrix(Matrix&& other) noexcept { *this = std::move(other); }

Matrix& Matrix::operator=(Matrix&& other) noexcept {
  std::swap(rows_, other.rows_);
  std::swap(cols_, other.cols_);
  std::swap(capacity_, other.capacity_);
  std::swap(values_, other.values_);
  return *this;
}

void Matrix::resize(int rows, int cols) {
  NN_CHECK(rows >= 0 && cols >= 0, "the shape (", rows, ", ", cols,
           ") has a negative extent; an extent is 0 or more");
  const std::int64_t count = std::int64_t{rows} * cols;
  NN_CHECK(count <= std::numeric_limits<int>::max(), "the shape (", rows, ", ", cols, ") has ",
           count, " elements; a matrix has at most 2^31 - 1");
  if (count > capacity_) {
    // The old memory is let go only when the new is there: what throws leaves the matrix as it was.
    const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    values_.reset(static_cast<float*>(::operator new[](bytes, std::align_val_t{kAlignment})));
    capacity_ = static_cast<int>(count);
  }
  rows_ = rows;
  cols_ = cols;
}

void Matrix::Free::operator()(float* memory) const {
  ::operator delete[](memory, std::align_val_t{kAlignment});
}

float& Matrix::operator()(int row, int col, CallSite caller) {
  NN_CHECK_AT(caller, row >= 0 && row < rows_ && col >= 0 && col < cols_, "there is no element (",
              row, ", ", col, ") in a matrix of shape (", rows_, ", ", cols_, ")");
  return values_[row * cols_ + col];
}

float Matrix::operator()(int row, int col, CallSite caller) const {
  return const_cast<Matrix&>(*this)(row, col, caller);
}

std::string shape_text(ConstMatrixView a) { return detail::cat("(", a.rows, ", ", a.cols, ")"); }

bool overlap(ConstMatrixView a, ConstMatrixView b) {
  if (a.rows == 0 || a.cols == 0 || b.rows == 0 || b.cols == 0) return false;
  const float* a_last = &a.data[(a.rows - 1) * a.row_stride + (a.cols - 1) * a.col_stride];
  const float* b_last = &b.data[(b.rows - 1) * b.row_stride + (b.cols - 1) * b.col_stride];
  const std::less_equal<> not_after;  // of pointers into different arrays, unlike <=
  return not_after(a.data, b_last) && not_after(b.data, a_last);
}

}  // namespace nn::cpu
