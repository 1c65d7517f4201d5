#include "phase2_vectorized/week05_data/elastic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace nn::cpu {

std::vector<float> gaussian_weights(float sigma) {
  NN_CHECK(sigma > 0 && sigma <= 64, "sigma = ", sigma, "; it may be above 0 and up to 64");
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> weights;
  // >>> about 6 lines. README.md, "Elastic bending".
  float sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    weights.push_back(std::exp(-static_cast<float>(i * i) / (2 * sigma * sigma)));
    sum += weights.back();
  }
  for (float& weight : weights) weight /= sum;
  // <<< NN_TODO("gaussian_weights");
  return weights;
}

void smooth(MatrixView x, float sigma) {
  const std::vector<float> weights = gaussian_weights(sigma);
  const int radius = static_cast<int>(weights.size()) / 2;
  const float* middle = weights.data() + radius;  // of weight 0
  Matrix half(x.rows, x.cols);                    // smoothed along the rows
  const MatrixView h = half;
  // >>> about 18 lines. README.md, "Elastic bending".
  for (int r = 0; r < x.rows; ++r) {
    for (int i = -radius; i <= radius; ++i) {
      const float weight = middle[i];
      const int first = std::max(0, -i), end = std::min(x.cols, x.cols - i);
      for (int c = first; c < end; ++c) h(r, c) += weight * x(r, c + i);
    }
  }
  for (int r = 0; r < x.rows; ++r) {
    std::fill_n(x.row(r), x.cols, 0.0F);
    for (int i = std::max(-radius, -r); i <= std::min(radius, x.rows - 1 - r); ++i) {
      const float weight = middle[i];
      for (int c = 0; c < x.cols; ++c) x(r, c) += weight * h(r + i, c);
    }
  }
  // <<< NN_TODO("smooth");
}

void add_elastic(DisplacementField& field, float alpha, float sigma, Philox& rng) {
  NN_CHECK(std::isfinite(alpha), "alpha = ", alpha, " is no finite number");
  for (Matrix* direction : {&field.down, &field.right}) {
    Matrix noise(direction->rows(), direction->cols());
    // >>> about 5 lines. README.md, "Elastic bending".
    for (float& value : noise.values()) value = static_cast<float>(2 * rng.uniform() - 1);
    smooth(noise, sigma);
    for (std::size_t i = 0; i < noise.values().size(); ++i) {
      direction->values()[i] += alpha * noise.values()[i];
    }
    // <<< NN_TODO("add_elastic");
  }
}

}  // namespace nn::cpu
