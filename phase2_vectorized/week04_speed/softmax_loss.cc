#include "phase2_vectorized/week04_speed/softmax_loss.h"

#include <algorithm>
#include <cmath>

#include "phase2_vectorized/week04_speed/exp.h"
#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {
namespace {

void check_arguments(ConstMatrixView z, std::span<const int> labels) {
  check_mean_exists("softmax_cross_entropy", {"z", z});
  check_labels("softmax_cross_entropy", labels, z.rows, z.cols);
  check_adjacent("softmax_cross_entropy", {"z", z});
}

// The loss of one row of logits by its label t; e^(z - m) is left in `e`, which may be z, and their
// sum in `total`.
double row_loss(std::span<float> e, float& total, std::span<const float> z, int t) {
  // >>> about 8 lines. README.md, "Softmax and cross-entropy in one walk".
  float m = z[0];
  for (const float value : z) m = value <= m ? m : value;  // a comparison with NaN is false
  const float lead = m - z[t];  // of the largest logit over the label's; before e overwrites z
  for (std::size_t l = 0; l < z.size(); ++l) e[l] = z[l] - m;
  exp(e, e);
  total = 0;
  for (const float value : e) total += value;
  return static_cast<double>(lead) + std::log(static_cast<double>(total));
  // <<< NN_TODO("softmax_cross_entropy");
}

std::span<const float> row_of(ConstMatrixView z, int b) {
  return {z.data + b * z.row_stride, static_cast<std::size_t>(z.cols)};
}

}  // namespace

float softmax_cross_entropy(MatrixView grad_z, ConstMatrixView z, std::span<const int> labels) {
  check_arguments(z, labels);
  check_elementwise("softmax_cross_entropy", {"grad_z", grad_z}, {"z", z});
  const int B = z.rows;
  double sum = 0;
  for (int b = 0; b < B; ++b) {
    const std::span grad_row(grad_z.row(b), static_cast<std::size_t>(z.cols));
    float total = 0;
    sum += row_loss(grad_row, total, row_of(z, b), labels[b]);
    // >>> about 4 lines. README.md, "Softmax and cross-entropy in one walk".
    const float share = 1.0F / static_cast<float>(B);
    for (float& value : grad_row) value = value / total * share;
    const float p_t = grad_row[labels[b]];
    grad_row[labels[b]] = p_t - share;
    // <<< NN_TODO("softmax_cross_entropy: gradient");
  }
  return static_cast<float>(sum / B);
}

float softmax_cross_entropy(ConstMatrixView z, std::span<const int> labels) {
  check_arguments(z, labels);
  thread_local Matrix e;  // kept from call to call
  e.resize(1, z.cols);
  double sum = 0;
  for (int b = 0; b < z.rows; ++b) {
    float total = 0;
    sum += row_loss(e.values(), total, row_of(z, b), labels[b]);
  }
  return static_cast<float>(sum / z.rows);
}

}  // namespace nn::cpu
