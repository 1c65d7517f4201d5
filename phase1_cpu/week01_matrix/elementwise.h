// Arithmetic element by element. Two matrices must have the same shape, else nn::Error that names
// both shapes. Results are new matrices; the operands are not changed.
#pragma once

#include <functional>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

Matrix operator+(const Matrix& a, const Matrix& b);  // (M,N): a[m,n] + b[m,n]
Matrix operator-(const Matrix& a, const Matrix& b);  // (M,N): a[m,n] - b[m,n]
Matrix hadamard(const Matrix& a, const Matrix& b);   // (M,N): a[m,n] * b[m,n]
Matrix operator*(double s, const Matrix& a);         // (M,N): s * a[m,n]

// (M,N): f(a[m,n]). Calls f once an element, row by row.
Matrix apply(const Matrix& a, const std::function<double(double)>& f);

}  // namespace nn::basic
