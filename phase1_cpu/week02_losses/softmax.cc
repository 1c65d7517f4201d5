#include "phase1_cpu/week02_losses/softmax.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "common/check.h"

namespace nn::basic {

Matrix softmax(const Matrix& z) {
  const int B = z.rows(), L = z.cols();
  NN_CHECK(L >= 1, "softmax: z has shape ", shape_text(z), "; a row needs at least one class");
  Matrix p(B, L);
  // >>> about 10 lines. README.md, "Softmax".
  for (int b = 0; b < B; ++b) {
    const std::span<const double> z_row = z.row(b);
    const std::span<double> p_row = p.row(b);
    const double m = *std::max_element(z_row.begin(), z_row.end());
    double total = 0;  // in [1, L]
    for (int l = 0; l < L; ++l) {
      p_row[l] = std::exp(z_row[l] - m);
      total += p_row[l];
    }
    for (int l = 0; l < L; ++l) p_row[l] /= total;
  }
  // <<< NN_TODO("softmax");
  return p;
}

}  // namespace nn::basic
