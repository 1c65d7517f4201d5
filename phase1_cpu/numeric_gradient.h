// common/numeric_gradient.h for this phase's matrices.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "common/numeric_gradient.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// Entry i: the derivative of loss(x) by x[i], same shape as x. Elements of x should be of size 1 or
// so, and no kink of the loss may lie within kDifferenceStep of x.
inline Matrix numeric_gradient(const std::function<double(const Matrix&)>& loss, Matrix x) {
  Matrix gradient(x.rows(), x.cols());
  nn::numeric_gradient(gradient.values(), x.values(), [&] { return loss(x); });
  return gradient;
}

// The same for a function with many outputs: by x of sum(grad_y * f(x)), which is what f's backward
// function returns for grad_y.
inline Matrix numeric_backward(const std::function<Matrix(const Matrix&)>& f, const Matrix& grad_y,
                               const Matrix& x) {
  const auto loss = [&](const Matrix& moved) {
    const Matrix y = f(moved);
    double total = 0;
    for (int i = 0; i < y.size(); ++i) total += grad_y.values()[i] * y.values()[i];
    return total;
  };
  return numeric_gradient(loss, x);
}

// The bound for it: the loss is a sum of y.size() products, so r is that many on top of
// roundings  that one element of f is off by, relative to itself;
// third      at least |f'''| of an output by an input, times how many outputs the input reaches.
inline Bound numeric_backward_bound(const Matrix& y, const Matrix& grad_y, double roundings,
                                    double third) {
  double magnitude = 0, largest = 0;
  for (int i = 0; i < y.size(); ++i) {
    magnitude += std::abs(grad_y.values()[i] * y.values()[i]);
    largest = std::max(largest, std::abs(grad_y.values()[i]));
  }
  return numeric_gradient_bound(magnitude, roundings + y.size(), third * largest);
}

}  // namespace nn::basic
