#include "phase1_cpu/week02_losses/regression_losses.h"

#include <cmath>

#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week02_losses/preconditions.h"

namespace nn::basic {

double mse(const Matrix& y, const Matrix& t) {
  check_same_shape("mse", y, t);
  check_mean_exists("mse", y);
  // >>> about 2 lines. README.md, "Regression losses".
  const Matrix error = y - t;
  return sum(hadamard(error, error)) / y.size();
  // <<< NN_TODO("mse");
}

Matrix mse_backward(const Matrix& y, const Matrix& t) {
  check_same_shape("mse_backward", y, t);
  check_mean_exists("mse_backward", y);
  // >>> about 1 line. README.md, "Regression losses".
  return (2.0 / y.size()) * (y - t);
  // <<< NN_TODO("mse_backward");
}

double mae(const Matrix& y, const Matrix& t) {
  check_same_shape("mae", y, t);
  check_mean_exists("mae", y);
  // >>> about 1 line. README.md, "Regression losses".
  return sum(apply(y - t, [](double error) { return std::abs(error); })) / y.size();
  // <<< NN_TODO("mae");
}

Matrix mae_backward(const Matrix& y, const Matrix& t) {
  check_same_shape("mae_backward", y, t);
  check_mean_exists("mae_backward", y);
  // >>> about 4 lines. README.md, "Regression losses".
  const double share = 1.0 / y.size();  // of each element in the mean
  return apply(y - t, [share](double error) {
    return error > 0 ? share : error < 0 ? -share : 0.0;
  });
  // <<< NN_TODO("mae_backward");
}

}  // namespace nn::basic
