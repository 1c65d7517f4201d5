#include "phase2_vectorized/week05_data/tally.h"

#include <cmath>
#include <cstddef>
#include <limits>

#include "common/check.h"
#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {

Tally& Tally::operator+=(const Tally& batch) {
  // >>> 2 lines. README.md, "Accuracy of a batch and of an epoch".
  right += batch.right;
  of += batch.of;
  // <<< NN_TODO("Tally::operator+=");
  return *this;
}

double Tally::share() const {
  if (of == 0) return std::numeric_limits<double>::quiet_NaN();
  // >>> 1 line. README.md, "Accuracy of a batch and of an epoch".
  return static_cast<double>(right) / static_cast<double>(of);
  // <<< NN_TODO("Tally::share");
}

Tally categorical_tally(ConstMatrixView y, std::span<const int> labels) {
  check_labels("categorical_tally", labels, y.rows, y.cols);
  Tally tally{0, y.rows};
  // >>> about 8 lines. README.md, "Accuracy of a batch and of an epoch".
  for (int b = 0; b < y.rows; ++b) {
    int best = 0;
    for (int l = 1; l < y.cols && !std::isnan(y(b, best)); ++l) {
      if (y(b, l) > y(b, best) || std::isnan(y(b, l))) best = l;
    }
    tally.right += best == labels[static_cast<std::size_t>(b)] ? 1 : 0;
  }
  // <<< NN_TODO("categorical_tally");
  return tally;
}

Tally binary_tally(ConstMatrixView p, ConstMatrixView t, float threshold) {
  check_same_shape("binary_tally", {"p", p}, {"t", t});
  Tally tally{0, std::int64_t{p.rows} * p.cols};
  // >>> about 6 lines. README.md, "Accuracy of a batch and of an epoch".
  for (int b = 0; b < p.rows; ++b) {
    for (int c = 0; c < p.cols; ++c) {
      if (std::isnan(p(b, c)) || std::isnan(t(b, c))) continue;
      tally.right += (p(b, c) > threshold) == (t(b, c) > threshold) ? 1 : 0;
    }
  }
  // <<< NN_TODO("binary_tally");
  return tally;
}

Tally regression_tally(ConstMatrixView y, ConstMatrixView t, float precision) {
  check_same_shape("regression_tally", {"y", y}, {"t", t});
  NN_CHECK(precision >= 0, "regression_tally: precision is ", precision, "; it must be 0 or more");
  Tally tally{0, std::int64_t{y.rows} * y.cols};
  // >>> about 5 lines. README.md, "Accuracy of a batch and of an epoch".
  for (int b = 0; b < y.rows; ++b) {
    for (int c = 0; c < y.cols; ++c) {
      tally.right += std::abs(y(b, c) - t(b, c)) <= precision ? 1 : 0;
    }
  }
  // <<< NN_TODO("regression_tally");
  return tally;
}

float regression_precision(ConstMatrixView t) {
  check_mean_exists("regression_precision", {"t", t});
  const double count = double{1} * t.rows * t.cols;
  // >>> about 10 lines. README.md, "Accuracy of a batch and of an epoch".
  double sum = 0;
  for (int b = 0; b < t.rows; ++b) {
    for (int c = 0; c < t.cols; ++c) sum += t(b, c);
  }
  const double mean = sum / count;
  double squares = 0;
  for (int b = 0; b < t.rows; ++b) {
    for (int c = 0; c < t.cols; ++c) squares += (t(b, c) - mean) * (t(b, c) - mean);
  }
  return static_cast<float>(std::sqrt(squares / count) / 250);
  // <<< NN_TODO("regression_precision");
}

}  // namespace nn::cpu
