#include "phase2_vectorized/week04_speed/penalties.h"

#include <cmath>

#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {
namespace {

void check_penalty(const char* who, ConstMatrixView w, float lambda) {
  NN_CHECK(lambda >= 0 && std::isfinite(lambda), who, ": lambda is ", lambda,
           "; it must be 0 or more, and finite");
  check_adjacent(who, {"w", w});
}

void check_gradient(const char* who, MatrixView grad_w, ConstMatrixView w, float lambda) {
  check_penalty(who, w, lambda);
  check_same_shape(who, {"grad_w", grad_w}, {"w", w});
  check_apart(who, {"grad_w", grad_w}, {"w", w});
}

}  // namespace

float l1_penalty(ConstMatrixView w, float lambda) {
  check_penalty("l1_penalty", w, lambda);
  // >>> about 5 lines. README.md, "Penalties on weights".
  double sum = 0;
  for (int c = 0; c < w.rows; ++c) {
    for (int oc = 0; oc < w.cols; ++oc) sum += std::abs(w(c, oc));
  }
  return static_cast<float>(lambda * sum);
  // <<< NN_TODO("l1_penalty");
}

void l1_backward(MatrixView grad_w, ConstMatrixView w, float lambda) {
  check_gradient("l1_backward", grad_w, w, lambda);
  // >>> about 6 lines. README.md, "Penalties on weights".
  for (int c = 0; c < w.rows; ++c) {
    for (int oc = 0; oc < w.cols; ++oc) {
      const float value = w(c, oc);
      grad_w(c, oc) += value > 0 ? lambda : value < 0 ? -lambda : 0.0F;
    }
  }
  // <<< NN_TODO("l1_backward");
}

float l2_penalty(ConstMatrixView w, float lambda) {
  check_penalty("l2_penalty", w, lambda);
  // >>> about 7 lines. README.md, "Penalties on weights".
  double sum = 0;
  for (int c = 0; c < w.rows; ++c) {
    for (int oc = 0; oc < w.cols; ++oc) {
      const double value = w(c, oc);
      sum += value * value;
    }
  }
  return static_cast<float>(lambda * sum);
  // <<< NN_TODO("l2_penalty");
}

void l2_backward(MatrixView grad_w, ConstMatrixView w, float lambda) {
  check_gradient("l2_backward", grad_w, w, lambda);
  // >>> about 3 lines. README.md, "Penalties on weights".
  for (int c = 0; c < w.rows; ++c) {
    for (int oc = 0; oc < w.cols; ++oc) grad_w(c, oc) += 2 * lambda * w(c, oc);
  }
  // <<< NN_TODO("l2_backward");
}

}  // namespace nn::cpu
