// Matrix and views: rectangles of floats, stored row after row. Everything in phase 2 is made of them.
//
//   Matrix x(64, 784);              owns its memory, which begins at a multiple of 64 bytes
//   x.resize(10, 784);              keeps the memory: no allocation where it is large enough
//   matmul(y, x, transposed(w));    a Matrix is taken where a view is wanted
//
// A view is somebody else's memory: a pointer, two extents, and how far apart neighbours are. It
// owns nothing, and is as cheap to pass as two pointers. docs/decisions/0040 says who allocates.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>

#include "common/check.h"

namespace nn::cpu {

// For reading: element (r, c) is data[r * row_stride + c * col_stride].
struct ConstMatrixView {
  const float* data = nullptr;
  int rows = 0;
  int cols = 0;
  std::int64_t row_stride = 0;  // floats from an element to the one below it
  std::int64_t col_stride = 1;  // floats from an element to the one on its right

  // Element (row, col); not checked, since loops over views are what has to be quick.
  float operator()(int row, int col) const { return data[row * row_stride + col * col_stride]; }
  // The rectangle of `height` x `width` elements whose first is (row, col).
  ConstMatrixView block(int row, int col, int height, int width) const {
    return {data + row * row_stride + col * col_stride, height, width, row_stride, col_stride};
  }
};

// For writing: element (r, c) is data[r * row_stride + c]; the elements of a row are adjacent.
struct MatrixView {
  float* data = nullptr;
  int rows = 0;
  int cols = 0;
  std::int64_t row_stride = 0;

  float& operator()(int row, int col) const { return data[row * row_stride + col]; }
  float* row(int row) const { return data + row * row_stride; }
  MatrixView block(int row, int col, int height, int width) const {
    return {data + row * row_stride + col, height, width, row_stride};
  }
  // NOLINTNEXTLINE(google-explicit-constructor): what may be written may be read
  operator ConstMatrixView() const { return {data, rows, cols, row_stride, 1}; }
};

// (C,R) from (R,C): the same memory, with the strides exchanged. Moves nothing.
inline ConstMatrixView transposed(ConstMatrixView a) {
  return {a.data, a.cols, a.rows, a.col_stride, a.row_stride};
}

class Matrix {
 public:
  // 64 bytes are a cache line, and the longest vector register of the machines we know.
  static constexpr std::size_t kAlignment = 64;

  // 0 x 0.
  Matrix() = default;
  // rows x cols, every element `fill`. nn::Error if an extent is negative or the matrix would have
  // 2^31 elements or more.
  Matrix(int rows, int cols, float fill = 0.0F);
  // Row by row. nn::Error if the rows differ in length.
  Matrix(std::initializer_list<std::initializer_list<float>> rows);

  Matrix(const Matrix& other);
  Matrix& operator=(const Matrix& other);
  Matrix(Matrix&& other) noexcept;
  Matrix& operator=(Matrix&& other) noexcept;
  ~Matrix() = default;

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  int size() const { return rows_ * cols_; }

  // rows x cols from now on. Memory is kept where it is large enough, and never given back; what
  // the elements hold afterwards is of no use, since the rows have moved. Checks as the constructor.
  void resize(int rows, int cols);

  // Element (row, col); outside the matrix: nn::Error, which names the caller's file and line.
  float& operator()(int row, int col, CallSite caller = CallSite::here());
  float operator()(int row, int col, CallSite caller = CallSite::here()) const;

  // All elements, row-major.
  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::span<float> values() { return {data(), static_cast<std::size_t>(size())}; }
  std::span<const float> values() const { return {data(), static_cast<std::size_t>(size())}; }

  // NOLINTNEXTLINE(google-explicit-constructor): so that a function of views takes a Matrix
  operator MatrixView() { return {data(), rows_, cols_, cols_}; }
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator ConstMatrixView() const { return {data(), rows_, cols_, cols_, 1}; }
  ConstMatrixView view() const { return *this; }

 private:
  struct Free {
    void operator()(float* memory) const;
  };

  int rows_ = 0;
  int cols_ = 0;
  int capacity_ = 0;  // elements that values_ has room for
  std::unique_ptr<float[], Free> values_;
};

// "(2, 3)", for messages.
std::string shape_text(ConstMatrixView a);

// Do the addresses from the first to the last element of each have any in common?
bool overlap(ConstMatrixView a, ConstMatrixView b);

}  // namespace nn::cpu
