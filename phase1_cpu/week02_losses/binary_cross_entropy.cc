#include "phase1_cpu/week02_losses/binary_cross_entropy.h"

#include <algorithm>
#include <cmath>

#include "phase1_cpu/week02_losses/cross_entropy.h"
#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {
namespace {

void check_arguments(const char* who, const Matrix& p, const Matrix& t) {
  check_same_shape(who, p, t);
  check_mean_exists(who, p);
  check_probabilities(who, p);
  check_probabilities(who, t);
}

}  // namespace

double binary_cross_entropy(const Matrix& p, const Matrix& t) {
  check_arguments("binary_cross_entropy", p, t);
  const int B = p.rows(), C = p.cols();
  // >>> about 9 lines. README.md, "Binary cross-entropy".
  double total = 0;
  for (int b = 0; b < B; ++b) {
    for (int c = 0; c < C; ++c) {
      const double yes = std::max(p(b, c), kMinProbability);
      const double no = std::max(1 - p(b, c), kMinProbability);
      total -= t(b, c) * std::log(yes) + (1 - t(b, c)) * std::log(no);
    }
  }
  return total / p.size();
  // <<< NN_TODO("binary_cross_entropy");
}

Matrix binary_cross_entropy_backward(const Matrix& p, const Matrix& t) {
  check_arguments("binary_cross_entropy_backward", p, t);
  const int B = p.rows(), C = p.cols();
  Matrix grad_p(B, C);
  // >>> about 7 lines. README.md, "Binary cross-entropy".
  for (int b = 0; b < B; ++b) {
    for (int c = 0; c < C; ++c) {
      const double yes = std::max(p(b, c), kMinProbability);
      const double no = std::max(1 - p(b, c), kMinProbability);
      grad_p(b, c) = ((1 - t(b, c)) / no - t(b, c) / yes) / p.size();
    }
  }
  // <<< NN_TODO("binary_cross_entropy_backward");
  return grad_p;
}

}  // namespace nn::basic
