#include "phase1_cpu/week02_losses/focal_loss.h"

#include <algorithm>
#include <cmath>

#include "phase1_cpu/week02_losses/cross_entropy.h"
#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {

double focal_loss(const Matrix& p, const std::vector<int>& t) {
  check_mean_exists("focal_loss", p);
  check_labels("focal_loss", t, p.rows(), p.cols());
  check_probabilities("focal_loss", p);
  const int B = p.rows();
  // >>> about 6 lines. README.md, "Focal loss".
  double total = 0;
  for (int b = 0; b < B; ++b) {
    const double q = p(b, t[b]);
    total -= std::pow(1 - q, kFocalGamma) * std::log(std::max(q, kMinProbability));
  }
  return total / B;
  // <<< NN_TODO("focal_loss");
}

Matrix focal_loss_backward(const Matrix& p, const std::vector<int>& t) {
  check_mean_exists("focal_loss_backward", p);
  check_labels("focal_loss_backward", t, p.rows(), p.cols());
  check_probabilities("focal_loss_backward", p);
  const int B = p.rows(), L = p.cols();
  Matrix grad_p(B, L);
  // >>> about 7 lines. README.md, "Focal loss".
  for (int b = 0; b < B; ++b) {
    const double q = p(b, t[b]);
    const double clamped = std::max(q, kMinProbability);
    const double from_weight = kFocalGamma * std::pow(1 - q, kFocalGamma - 1) * std::log(clamped);
    const double from_log = -std::pow(1 - q, kFocalGamma) / clamped;
    grad_p(b, t[b]) = (from_weight + from_log) / B;
  }
  // <<< NN_TODO("focal_loss_backward");
  return grad_p;
}

}  // namespace nn::basic
