#include "phase2_vectorized/week04_speed/softmax_rows.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "phase2_vectorized/week04_speed/exp.h"
#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {
namespace {

void check_classes(const char* who, ConstMatrixView z) {
  NN_CHECK(z.cols >= 1, who, ": z is ", shape_text(z), "; a row needs at least one class");
}

// The largest element of a row; NaN where there is one.
float row_maximum(const float* z, int L) {
  float m = z[0];
  for (int l = 1; l < L; ++l) m = z[l] <= m ? m : z[l];  // a comparison with NaN is false
  return m;
}

}  // namespace

void softmax(MatrixView p, ConstMatrixView z) {
  check_classes("softmax", z);
  check_elementwise("softmax", {"p", p}, {"z", z});
  const int B = z.rows, L = z.cols;
  // >>> about 10 lines. README.md, "Softmax in three walks".
  for (int b = 0; b < B; ++b) {
    const float* z_row = z.data + b * z.row_stride;
    const std::span p_row(p.row(b), static_cast<std::size_t>(L));
    const float m = row_maximum(z_row, L);
    for (int l = 0; l < L; ++l) p_row[l] = z_row[l] - m;
    exp(p_row, p_row);
    float total = 0;  // in [1, L]
    for (const float e : p_row) total += e;
    for (float& value : p_row) value /= total;
  }
  // <<< NN_TODO("softmax");
}

void softmax_backward(MatrixView grad_z, ConstMatrixView grad_p, ConstMatrixView p) {
  check_same_shape("softmax_backward", {"grad_p", grad_p}, {"p", p});
  check_elementwise("softmax_backward", {"grad_z", grad_z}, {"grad_p", grad_p});
  check_elementwise("softmax_backward", {"grad_z", grad_z}, {"p", p});
  const int B = p.rows, L = p.cols;
  // >>> about 7 lines. README.md, "Softmax in three walks".
  for (int b = 0; b < B; ++b) {
    const float* g = grad_p.data + b * grad_p.row_stride;
    const float* p_row = p.data + b * p.row_stride;
    float dot = 0;
    for (int l = 0; l < L; ++l) dot += g[l] * p_row[l];
    for (int l = 0; l < L; ++l) grad_z(b, l) = p_row[l] * (g[l] - dot);
  }
  // <<< NN_TODO("softmax_backward");
}

void log_sum_exp(MatrixView y, ConstMatrixView z) {
  check_classes("log_sum_exp", z);
  NN_CHECK(y.rows == z.rows && y.cols == 1, "log_sum_exp: y is ", shape_text(y), " and z is ",
           shape_text(z), "; y must be one column with a row for each of z's");
  check_adjacent("log_sum_exp", {"z", z});
  check_apart("log_sum_exp", {"y", y}, {"z", z});
  const int B = z.rows, L = z.cols;
  thread_local Matrix shifted;  // kept from call to call
  shifted.resize(1, L);
  const std::span<float> row = shifted.values();
  // >>> about 8 lines. README.md, "Softmax in three walks".
  for (int b = 0; b < B; ++b) {
    const float* z_row = z.data + b * z.row_stride;
    const float m = row_maximum(z_row, L);
    for (int l = 0; l < L; ++l) row[l] = z_row[l] - m;
    exp(row, row);
    float total = 0;  // in [1, L]
    for (const float e : row) total += e;
    y(b, 0) = m + std::log(total);
  }
  // <<< NN_TODO("log_sum_exp");
}

}  // namespace nn::cpu
