#include "phase1_cpu/week02_losses/relu_family.h"

#include <algorithm>
#include <cmath>

#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {

Matrix identity(const Matrix& x) { return x; }

Matrix identity_backward(const Matrix& grad_y, const Matrix& x) {
  check_same_shape("identity_backward", grad_y, x);
  return grad_y;
}

Matrix relu(const Matrix& x) {
  // >>> about 1 line. README.md, "The ReLU family".
  return apply(x, [](double v) { return std::max(v, 0.0); });  // in this order NaN stays
  // <<< NN_TODO("relu");
}

Matrix relu_backward(const Matrix& grad_y, const Matrix& x) {
  check_same_shape("relu_backward", grad_y, x);
  // >>> about 2 lines. README.md, "The ReLU family".
  const Matrix slope = apply(x, [](double v) { return v > 0 ? 1.0 : 0.0; });
  return hadamard(grad_y, slope);
  // <<< NN_TODO("relu_backward");
}

Matrix leaky_relu(const Matrix& x) {
  // >>> about 1 line. README.md, "The ReLU family".
  return apply(x, [](double v) { return v > 0 ? v : kLeakyReluSlope * v; });
  // <<< NN_TODO("leaky_relu");
}

Matrix leaky_relu_backward(const Matrix& grad_y, const Matrix& x) {
  check_same_shape("leaky_relu_backward", grad_y, x);
  // >>> about 2 lines. README.md, "The ReLU family".
  const Matrix slope = apply(x, [](double v) { return v > 0 ? 1.0 : kLeakyReluSlope; });
  return hadamard(grad_y, slope);
  // <<< NN_TODO("leaky_relu_backward");
}

Matrix elu(const Matrix& x) {
  // >>> about 1 line. README.md, "The ReLU family".
  return apply(x, [](double v) { return v > 0 ? v : kEluScale * std::expm1(v); });
  // <<< NN_TODO("elu");
}

Matrix elu_backward(const Matrix& grad_y, const Matrix& x) {
  check_same_shape("elu_backward", grad_y, x);
  // >>> about 2 lines. README.md, "The ReLU family".
  const Matrix slope = apply(x, [](double v) { return v > 0 ? 1.0 : kEluScale * std::exp(v); });
  return hadamard(grad_y, slope);
  // <<< NN_TODO("elu_backward");
}

}  // namespace nn::basic
