#include "phase1_cpu/week02_losses/hinge.h"

#include <algorithm>

#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {
namespace {

void check_arguments(const char* who, const Matrix& y, const Matrix& t) {
  check_same_shape(who, y, t);
  check_mean_exists(who, y);
  for (int b = 0; b < t.rows(); ++b) {
    for (int c = 0; c < t.cols(); ++c) {
      NN_CHECK(t(b, c) == 1 || t(b, c) == -1, who, ": target (", b, ", ", c, ") is ", t(b, c),
               "; it must be 1 or -1");
    }
  }
}

}  // namespace

double hinge(const Matrix& y, const Matrix& t) {
  check_arguments("hinge", y, t);
  const int B = y.rows(), C = y.cols();
  // >>> about 8 lines. README.md, "Hinge".
  double total = 0;
  for (int b = 0; b < B; ++b) {
    for (int c = 0; c < C; ++c) {
      const double short_of_margin = 1 - t(b, c) * y(b, c);
      total += std::max(short_of_margin, 0.0);  // in this order NaN passes through std::max
    }
  }
  return total / y.size();
  // <<< NN_TODO("hinge");
}

Matrix hinge_backward(const Matrix& y, const Matrix& t) {
  check_arguments("hinge_backward", y, t);
  const int B = y.rows(), C = y.cols();
  Matrix grad_y(B, C);
  // >>> about 5 lines. README.md, "Hinge".
  for (int b = 0; b < B; ++b) {
    for (int c = 0; c < C; ++c) {
      if (t(b, c) * y(b, c) < 1) grad_y(b, c) = -t(b, c) / y.size();
    }
  }
  // <<< NN_TODO("hinge_backward");
  return grad_y;
}

}  // namespace nn::basic
