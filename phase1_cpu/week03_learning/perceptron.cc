#include "phase1_cpu/week03_learning/perceptron.h"

#include <cmath>
#include <numeric>
#include <span>

#include "common/check.h"

namespace nn::basic {
namespace {

// w . x[b,:] + bias: positive on one side of the line, negative on the other.
double activation(const Perceptron& perceptron, std::span<const double> x_row) {
  const std::span<const double> w = perceptron.w.row(0);
  return std::inner_product(w.begin(), w.end(), x_row.begin(), perceptron.bias);
}

}  // namespace

std::vector<int> perceptron_predict(const Perceptron& perceptron, const Matrix& x) {
  NN_CHECK_EQ(x.cols(), perceptron.w.cols(), "x and w have C columns");
  std::vector<int> predicted;
  // >>> about 3 lines. README.md, "The perceptron".
  for (int b = 0; b < x.rows(); ++b) {
    predicted.push_back(activation(perceptron, x.row(b)) > 0 ? 1 : -1);
  }
  // <<< NN_TODO("perceptron_predict");
  return predicted;
}

PerceptronRun train_perceptron(const Matrix& x, const std::vector<int>& t, int max_epochs) {
  const int B = x.rows(), C = x.cols();
  NN_CHECK(B >= 1, "no points to learn from");
  NN_CHECK_EQ(B, static_cast<int>(t.size()), "one target a point");
  NN_CHECK(max_epochs >= 1, "max_epochs = ", max_epochs, "; it is 1 or more");
  for (int b = 0; b < B; ++b) {
    NN_CHECK(t[b] == 1 || t[b] == -1, "t[", b, "] = ", t[b], "; a target is +1 or -1");
    for (const double value : x.row(b)) {
      NN_CHECK(std::isfinite(value), "x[", b, ",:] holds ", value, "; coordinates are finite");
    }
  }
  PerceptronRun run{.perceptron = {.w = Matrix(1, C)}};
  // >>> about 15 lines. README.md, "The perceptron".
  while (run.epochs < max_epochs && !run.separated) {
    const std::int64_t mistakes_before = run.mistakes;
    for (int b = 0; b < B; ++b) {
      if (t[b] * activation(run.perceptron, x.row(b)) > 0) continue;  // on its side: leave the line
      for (int c = 0; c < C; ++c) run.perceptron.w(0, c) += t[b] * x(b, c);
      run.perceptron.bias += t[b];
      ++run.mistakes;
    }
    ++run.epochs;
    run.separated = run.mistakes == mistakes_before;
  }
  // <<< NN_TODO("train_perceptron");
  return run;
}

}  // namespace nn::basic
