// Matrix: a rectangle of doubles, stored row after row. Everything in phase 1 is made of it.
//
//   Matrix a{{1, 2, 3},        a.rows() == 2, a.cols() == 3
//            {4, 5, 6}};       in memory: 1 2 3 4 5 6; element (r, c) is at index r * cols + c
//
// Extents are int, 0 or more. Element access is checked: outside the matrix throws nn::Error with
// the file and line of the access, the index and the shape. Loops that must be quick take a row at a
// time, as a span.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "common/check.h"

namespace nn::basic {

class Matrix {
 public:
  // 0 x 0.
  Matrix() = default;
  // rows x cols, every element `fill`. Throws nn::Error if an extent is negative or the matrix
  // would have 2^31 elements or more.
  Matrix(int rows, int cols, double fill = 0.0);
  // Row by row. Throws nn::Error if the rows differ in length.
  Matrix(std::initializer_list<std::initializer_list<double>> rows);

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  int size() const { return rows_ * cols_; }

  // Element (row, col); row in [0, rows), col in [0, cols), else nn::Error. `caller` fills itself in:
  // m(2, 3) is the whole call.
  double& operator()(int row, int col, CallSite caller = CallSite::here());
  double operator()(int row, int col, CallSite caller = CallSite::here()) const;

  // Row `row` as `cols` consecutive doubles; row in [0, rows), else nn::Error.
  std::span<double> row(int row, CallSite caller = CallSite::here());
  std::span<const double> row(int row, CallSite caller = CallSite::here()) const;

  // All elements, row-major.
  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }
  std::span<double> values() { return values_; }
  std::span<const double> values() const { return values_; }

  bool operator==(const Matrix& other) const = default;

 private:
  // Where element (row, col) stands in values_; nn::Error, naming the caller, as operator() says.
  int index(int row, int col, CallSite caller) const;

  int rows_ = 0;
  int cols_ = 0;
  std::vector<double> values_;  // row 0, then row 1, ...; rows * cols of them, below 2^31
};

// "(2, 3)", for messages.
std::string shape_text(const Matrix& a);

}  // namespace nn::basic
