#include "phase1_cpu/week03_learning/dense.h"

#include "common/check.h"
#include "phase1_cpu/week01_matrix/broadcast.h"
#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week01_matrix/matmul.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week01_matrix/transpose.h"

namespace nn::basic {

Matrix dense_forward(const Matrix& x, const Matrix& w, const Matrix& bias) {
  NN_CHECK_EQ(x.cols(), w.rows(), "x has C columns, w has C rows");
  NN_CHECK_EQ(bias.rows(), 1, "the bias is one row");
  NN_CHECK_EQ(bias.cols(), w.cols(), "the bias has OC elements, w has OC columns");
  // >>> 1 line. README.md, "The dense layer".
  return add_row(matmul(x, w), bias);
  // <<< NN_TODO("dense_forward");
}

void dense_backward(Matrix* grad_x, Matrix& grad_w, Matrix& grad_bias, const Matrix& grad_y,
                    const Matrix& x, const Matrix& w) {
  NN_CHECK_EQ(x.cols(), w.rows(), "x has C columns, w has C rows");
  NN_CHECK_EQ(grad_y.rows(), x.rows(), "grad_y and x have one row an example");
  NN_CHECK_EQ(grad_y.cols(), w.cols(), "grad_y and w have OC columns");
  NN_CHECK_EQ(grad_w.rows(), w.rows(), "grad_w has the shape of w");
  NN_CHECK_EQ(grad_w.cols(), w.cols(), "grad_w has the shape of w");
  NN_CHECK_EQ(grad_bias.rows(), 1, "grad_bias is one row");
  NN_CHECK_EQ(grad_bias.cols(), w.cols(), "grad_bias has OC elements, w has OC columns");
  NN_CHECK(grad_x != &grad_y && grad_x != &x && grad_x != &w,
           "grad_x must not be an input's matrix");
  // >>> about 3 lines. README.md, "The dense layer".
  grad_w = grad_w + matmul(transpose(x), grad_y);      // (C,B) . (B,OC): summed over the batch
  grad_bias = grad_bias + column_sums(grad_y);         // the bias reached every row, so rows add up
  if (grad_x) *grad_x = matmul(grad_y, transpose(w));  // (B,OC) . (OC,C)
  // <<< NN_TODO("dense_backward");
}

}  // namespace nn::basic
