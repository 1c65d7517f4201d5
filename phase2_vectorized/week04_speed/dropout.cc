#include "phase2_vectorized/week04_speed/dropout.h"

#include <cstdint>

#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {

void dropout(MatrixView y, MatrixView mask, ConstMatrixView x, float rate, Philox& rng) {
  NN_CHECK(rate >= 0 && rate < 1, "dropout: the rate is ", rate, "; it must be in [0, 1)");
  check_elementwise("dropout", {"y", y}, {"x", x});
  check_same_shape("dropout", {"mask", mask}, {"x", x});
  check_apart("dropout", {"mask", mask}, {"x", x});
  check_apart("dropout", {"mask", mask}, {"y", y});
  // >>> about 8 lines. README.md, "Dropout".
  const auto dropped_below = static_cast<std::uint32_t>(static_cast<double>(rate) * 0x1p32);
  const float kept = 1 / (1 - rate);  // so that the expected value of mask is 1
  for (int b = 0; b < x.rows; ++b) {
    for (int c = 0; c < x.cols; ++c) {
      mask(b, c) = rng.next_u32() < dropped_below ? 0.0F : kept;
      y(b, c) = x(b, c) * mask(b, c);
    }
  }
  // <<< NN_TODO("dropout");
}

void dropout_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView mask) {
  check_elementwise("dropout_backward", {"grad_x", grad_x}, {"grad_y", grad_y});
  check_elementwise("dropout_backward", {"grad_x", grad_x}, {"mask", mask});
  // >>> about 3 lines. README.md, "Dropout".
  for (int b = 0; b < mask.rows; ++b) {
    for (int c = 0; c < mask.cols; ++c) grad_x(b, c) = grad_y(b, c) * mask(b, c);
  }
  // <<< NN_TODO("dropout_backward");
}

}  // namespace nn::cpu
