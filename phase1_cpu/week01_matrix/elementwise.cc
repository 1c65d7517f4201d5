#include "phase1_cpu/week01_matrix/elementwise.h"

#include "common/check.h"

namespace nn::basic {
namespace {

void check_same_shape(const Matrix& a, const Matrix& b) {
  NN_CHECK(a.rows() == b.rows() && a.cols() == b.cols(), "a is ", shape_text(a), ", b is ",
           shape_text(b), "; element by element needs one shape");
}

}  // namespace

Matrix operator+(const Matrix& a, const Matrix& b) {
  check_same_shape(a, b);
  Matrix c(a.rows(), a.cols());
  // >>> about 3 lines. README.md, "Element by element".
  for (int i = 0; i < a.size(); ++i) c.values()[i] = a.values()[i] + b.values()[i];
  // <<< NN_TODO("operator+");
  return c;
}

Matrix operator-(const Matrix& a, const Matrix& b) {
  check_same_shape(a, b);
  Matrix c(a.rows(), a.cols());
  // >>> about 3 lines. README.md, "Element by element".
  for (int i = 0; i < a.size(); ++i) c.values()[i] = a.values()[i] - b.values()[i];
  // <<< NN_TODO("operator-");
  return c;
}

Matrix hadamard(const Matrix& a, const Matrix& b) {
  check_same_shape(a, b);
  Matrix c(a.rows(), a.cols());
  // >>> about 3 lines. README.md, "Element by element".
  for (int i = 0; i < a.size(); ++i) c.values()[i] = a.values()[i] * b.values()[i];
  // <<< NN_TODO("hadamard");
  return c;
}

Matrix operator*(double s, const Matrix& a) {
  Matrix c(a.rows(), a.cols());
  // >>> about 3 lines. README.md, "Element by element".
  for (int i = 0; i < a.size(); ++i) c.values()[i] = s * a.values()[i];
  // <<< NN_TODO("operator*");
  return c;
}

Matrix apply(const Matrix& a, const std::function<double(double)>& f) {
  Matrix c(a.rows(), a.cols());
  // >>> about 3 lines. README.md, "Element by element".
  for (int i = 0; i < a.size(); ++i) c.values()[i] = f(a.values()[i]);
  // <<< NN_TODO("apply");
  return c;
}

}  // namespace nn::basic
