#include "phase1_cpu/week02_losses/accuracy.h"

#include <cmath>

#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {

double categorical_accuracy(const Matrix& y, const std::vector<int>& t) {
  check_mean_exists("categorical_accuracy", y);
  check_labels("categorical_accuracy", t, y.rows(), y.cols());
  const int B = y.rows();
  // >>> about 4 lines. README.md, "Accuracy".
  const std::vector<int> answers = argmax_rows(y);
  double right = 0;
  for (int b = 0; b < B; ++b) right += answers[b] == t[b] ? 1 : 0;
  return right / B;
  // <<< NN_TODO("categorical_accuracy");
}

double regression_accuracy(const Matrix& y, const Matrix& t, double precision) {
  check_same_shape("regression_accuracy", y, t);
  check_mean_exists("regression_accuracy", y);
  NN_CHECK(precision >= 0, "regression_accuracy: precision is ", precision,
           "; it must be 0 or more");
  const int B = y.rows(), C = y.cols();
  // >>> about 7 lines. README.md, "Accuracy".
  double within = 0;
  for (int b = 0; b < B; ++b) {
    for (int c = 0; c < C; ++c) {
      if (std::abs(y(b, c) - t(b, c)) <= precision) within += 1;
    }
  }
  return within / y.size();
  // <<< NN_TODO("regression_accuracy");
}

}  // namespace nn::basic
