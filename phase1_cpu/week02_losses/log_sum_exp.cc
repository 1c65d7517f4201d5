#include "phase1_cpu/week02_losses/log_sum_exp.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "common/check.h"

namespace nn::basic {

Matrix log_sum_exp(const Matrix& z) {
  const int B = z.rows(), L = z.cols();
  NN_CHECK(L >= 1, "log_sum_exp: z has shape ", shape_text(z), "; a row needs at least one class");
  Matrix y(B, 1);
  // >>> about 7 lines. README.md, "Log-sum-exp".
  for (int b = 0; b < B; ++b) {
    const std::span<const double> z_row = z.row(b);
    const double m = *std::max_element(z_row.begin(), z_row.end());
    double total = 0;  // in [1, L]
    for (const double v : z_row) total += std::exp(v - m);
    y(b, 0) = m + std::log(total);
  }
  // <<< NN_TODO("log_sum_exp");
  return y;
}

}  // namespace nn::basic
