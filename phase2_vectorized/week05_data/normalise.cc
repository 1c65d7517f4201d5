#include "phase2_vectorized/week05_data/normalise.h"

#include <cmath>
#include <cstddef>
#include <vector>

namespace nn::cpu {
namespace {

// Mean of each column over the given rows, and the mean of the squared distances from it. In
// double, and in two passes: E[x^2] - E[x]^2 is the small difference of two large numbers.
struct Moments {
  std::vector<double> mean;      // [C]
  std::vector<double> variance;  // [C]
};

Moments column_moments(ConstMatrixView x, std::span<const int> rows) {
  NN_CHECK(!rows.empty(), "mean and deviation of no examples");
  for (const int row : rows) {
    NN_CHECK(row >= 0 && row < x.rows, "row ", row, " of a matrix of ", x.rows, " rows");
  }
  Moments found{std::vector<double>(static_cast<std::size_t>(x.cols)),
                std::vector<double>(static_cast<std::size_t>(x.cols))};
  const double N = static_cast<double>(rows.size());
  // >>> about 11 lines. README.md, "Normalising".
  for (const int n : rows) {
    for (int c = 0; c < x.cols; ++c) found.mean[static_cast<std::size_t>(c)] += x(n, c);
  }
  for (double& mean : found.mean) mean /= N;
  for (const int n : rows) {
    for (int c = 0; c < x.cols; ++c) {
      const double distance = x(n, c) - found.mean[static_cast<std::size_t>(c)];
      found.variance[static_cast<std::size_t>(c)] += distance * distance;
    }
  }
  for (double& variance : found.variance) variance /= N;
  // <<< NN_TODO("column_moments");
  return found;
}

// What to divide by: nothing, where there is no variance.
float deviation_of(double variance) {
  // >>> 1 line. README.md, "Normalising".
  return variance > 0 ? static_cast<float>(std::sqrt(variance)) : 1.0F;
  // <<< NN_TODO("deviation_of");
}

}  // namespace

Normalisation measure_features(ConstMatrixView x, std::span<const int> rows) {
  const Moments moments = column_moments(x, rows);
  Normalisation by{Matrix(1, x.cols), Matrix(1, x.cols)};
  for (int c = 0; c < x.cols; ++c) {
    by.mean(0, c) = static_cast<float>(moments.mean[static_cast<std::size_t>(c)]);
    by.deviation(0, c) = deviation_of(moments.variance[static_cast<std::size_t>(c)]);
  }
  return by;
}

Normalisation measure_all(ConstMatrixView x, std::span<const int> rows) {
  const Moments moments = column_moments(x, rows);
  NN_CHECK(x.cols >= 1, "mean and deviation of examples without a number in them");
  double mean = 0, variance = 0;
  // >>> about 6 lines. README.md, "Normalising".
  for (const double of_column : moments.mean) mean += of_column / x.cols;
  for (std::size_t c = 0; c < moments.mean.size(); ++c) {
    const double distance = moments.mean[c] - mean;
    variance += (moments.variance[c] + distance * distance) / x.cols;
  }
  // <<< NN_TODO("measure_all");
  return {Matrix(1, x.cols, static_cast<float>(mean)), Matrix(1, x.cols, deviation_of(variance))};
}

void normalise(MatrixView y, ConstMatrixView x, const Normalisation& by) {
  NN_CHECK(y.rows == x.rows && y.cols == x.cols, "normalised ", shape_text(x), " does not fill ",
           shape_text(y));
  NN_CHECK(by.mean.rows() == 1 && by.mean.cols() == x.cols && by.deviation.rows() == 1 &&
               by.deviation.cols() == x.cols,
           "means ", shape_text(by.mean), " and deviations ", shape_text(by.deviation),
           " for examples ", shape_text(x), "; one of each a column");
  const float* mean = by.mean.data();
  const float* deviation = by.deviation.data();
  // >>> about 4 lines. README.md, "Normalising".
  for (int n = 0; n < y.rows; ++n) {
    for (int c = 0; c < y.cols; ++c) y(n, c) = (x(n, c) - mean[c]) / deviation[c];
  }
  // <<< NN_TODO("normalise");
}

}  // namespace nn::cpu
