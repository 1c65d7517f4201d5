#include "phase2_vectorized/week04_speed/product.h"

#include <algorithm>

namespace nn::cpu {

void check_product(MatrixView c, ConstMatrixView a, ConstMatrixView b) {
  NN_CHECK(a.cols == b.rows, "a is ", shape_text(a), ", b is ", shape_text(b),
           "; a product needs as many columns in a as rows in b");
  NN_CHECK(c.rows == a.rows && c.cols == b.cols, "c is ", shape_text(c), ", and a ", shape_text(a),
           " . b ", shape_text(b), " is (", a.rows, ", ", b.cols, ")");
  NN_CHECK(!overlap(c, a), "c lies in the memory of a, which is read while c is written");
  NN_CHECK(!overlap(c, b), "c lies in the memory of b, which is read while c is written");
}

int even_step(int extent, int most) {
  if (extent <= most) return std::max(extent, 1);
  const int pieces = (extent - 1) / most + 1;
  return (extent - 1) / pieces + 1;
}

void scale_rows(MatrixView c, float beta) {
  if (beta == 1) return;
  for (int m = 0; m < c.rows; ++m) {
    float* row = c.row(m);
    if (beta == 0) {
      std::fill_n(row, c.cols, 0.0F);
    } else {
      for (int n = 0; n < c.cols; ++n) row[n] *= beta;
    }
  }
}

}  // namespace nn::cpu
