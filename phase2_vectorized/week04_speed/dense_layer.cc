#include "phase2_vectorized/week04_speed/dense_layer.h"

#include <algorithm>

#include "phase2_vectorized/week04_speed/matmul.h"
#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {
namespace {

void check_chain(const char* who, ConstMatrixView y, ConstMatrixView x, ConstMatrixView w,
                 ConstMatrixView bias, const char* y_name, const char* bias_name) {
  NN_CHECK(x.cols == w.rows, who, ": x is ", shape_text(x), " and w is ", shape_text(w),
           "; x needs as many columns as w has rows");
  NN_CHECK(y.rows == x.rows && y.cols == w.cols, who, ": ", y_name, " is ", shape_text(y),
           ", and x ", shape_text(x), " . w ", shape_text(w), " is (", x.rows, ", ", w.cols, ")");
  NN_CHECK(bias.rows == 1 && bias.cols == w.cols, who, ": ", bias_name, " is ", shape_text(bias),
           "; it must be one row of as many elements as w has columns, (1, ", w.cols, ")");
  check_adjacent(who, {bias_name, bias});
}

}  // namespace

void dense_forward(MatrixView y, ConstMatrixView x, ConstMatrixView w, ConstMatrixView bias) {
  check_chain("dense_forward", y, x, w, bias, "y", "bias");
  for (const NamedView in : {NamedView{"x", x}, {"w", w}, {"bias", bias}}) {
    check_apart("dense_forward", {"y", y}, in);
  }
  // >>> about 2 lines. README.md, "Layers on batches".
  for (int b = 0; b < y.rows; ++b) std::copy_n(bias.data, bias.cols, y.row(b));
  matmul(y, x, w, {.alpha = 1, .beta = 1});  // adds to what stands in y
  // <<< NN_TODO("dense_forward");
}

void dense_backward(MatrixView* grad_x, MatrixView grad_w, MatrixView grad_bias,
                    ConstMatrixView grad_y, ConstMatrixView x, ConstMatrixView w, float beta) {
  const char* who = "dense_backward";
  check_chain(who, grad_y, x, w, grad_bias, "grad_y", "grad_bias");
  check_adjacent(who, {"grad_y", grad_y});
  check_same_shape(who, {"grad_w", grad_w}, {"w", w});
  if (grad_x != nullptr) check_same_shape(who, {"grad_x", *grad_x}, {"x", x});
  for (const NamedView in : {NamedView{"grad_y", grad_y}, {"x", x}, {"w", w}}) {
    check_apart(who, {"grad_w", grad_w}, in);
    check_apart(who, {"grad_bias", grad_bias}, in);
    if (grad_x != nullptr) check_apart(who, {"grad_x", *grad_x}, in);
  }
  // >>> about 8 lines. README.md, "Layers on batches".
  matmul(grad_w, transposed(x), grad_y, {.alpha = 1, .beta = beta});  // (C,B) . (B,OC)
  scale_rows(grad_bias, beta);
  for (int b = 0; b < grad_y.rows; ++b) {  // the bias reached every row, so rows add up
    const float* row = grad_y.data + b * grad_y.row_stride;
    for (int oc = 0; oc < grad_y.cols; ++oc) grad_bias.data[oc] += row[oc];
  }
  if (grad_x != nullptr) matmul(*grad_x, grad_y, transposed(w));  // (B,OC) . (OC,C)
  // <<< NN_TODO("dense_backward");
}

}  // namespace nn::cpu
