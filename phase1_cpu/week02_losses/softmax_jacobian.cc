#include "phase1_cpu/week02_losses/softmax_jacobian.h"

#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {

Matrix softmax_jacobian(const Matrix& p) {
  NN_CHECK(p.rows() == 1, "softmax_jacobian: p has shape ", shape_text(p),
           "; it takes one row, (1, L)");
  const int L = p.cols();
  Matrix jacobian(L, L);
  // >>> about 5 lines. README.md, "The softmax Jacobian".
  for (int i = 0; i < L; ++i) {
    for (int j = 0; j < L; ++j) {
      jacobian(i, j) = p(0, i) * ((i == j ? 1.0 : 0.0) - p(0, j));
    }
  }
  // <<< NN_TODO("softmax_jacobian");
  return jacobian;
}

Matrix softmax_backward(const Matrix& grad_p, const Matrix& p) {
  check_same_shape("softmax_backward", grad_p, p);
  const int B = p.rows(), L = p.cols();
  Matrix grad_z(B, L);
  // >>> about 5 lines. README.md, "The softmax Jacobian".
  for (int b = 0; b < B; ++b) {
    double mean = 0;  // of grad_p under the probabilities p
    for (int j = 0; j < L; ++j) mean += grad_p(b, j) * p(b, j);
    for (int i = 0; i < L; ++i) grad_z(b, i) = p(b, i) * (grad_p(b, i) - mean);
  }
  // <<< NN_TODO("softmax_backward");
  return grad_z;
}

}  // namespace nn::basic
