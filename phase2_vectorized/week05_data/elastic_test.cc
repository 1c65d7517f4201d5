#include "phase2_vectorized/week05_data/elastic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "phase2_vectorized/week05_data/testing.h"

namespace nn::cpu {
namespace {

constexpr double u = kUnitRoundoff32;

std::vector<double> weights_in_double(double sigma) {
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<double> weights;
  for (int i = -radius; i <= radius; ++i) weights.push_back(std::exp(-i * i / (2 * sigma * sigma)));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

// The exponent, at most (3 sigma + 1)^2 / (2 sigma^2), is off by 3 of its own roundoffs, which the
// exponential makes an error of that many in its result; exp itself is 2, the sum of n terms n and
// what its terms are off by, the division 1.
double weight_bound(double sigma) {
  const double largest_exponent = std::pow(3 * sigma + 1, 2) / (2 * sigma * sigma);
  return u * (2 * (3 * largest_exponent + 2) + 2 * std::ceil(3 * sigma) + 2);
}

TEST(GaussianWeights, AgreeWithDouble) {
  for (const float sigma : {0.5F, 1.3F, 4.0F, 12.0F}) {
    EXPECT_TRUE(
        close(gaussian_weights(sigma), weights_in_double(sigma), Bound{.rel = weight_bound(sigma)}))
        << "sigma " << sigma;
  }
}

TEST(GaussianWeights, OfATinySigmaAreOneWeight) {
  EXPECT_TRUE(identical(gaussian_weights(0x1p-10F), std::vector<float>{0, 1, 0}));
}

TEST(GaussianWeights, RefuseWhatIsNoDeviation) {
  EXPECT_TRUE(refuses([] { gaussian_weights(0); }, {"sigma = 0"}));
  EXPECT_TRUE(refuses([] { gaussian_weights(-1); }, {"sigma = -1"}));
  EXPECT_TRUE(refuses([] { gaussian_weights(65); }, {"sigma = 65"}));
  EXPECT_TRUE(refuses([] { gaussian_weights(std::nanf("")); }, {"nan"}));
}

// sum_ij w_i w_j x[r+i,c+j] in double. A float computation rounds each of the two weights as above,
// each of the two sums of n terms n times, and multiplies twice.
TEST(Smooth, AgreesWithTheSumOverBothDirections) {
  Philox rng(3);
  for (const auto& [H, W] : std::vector<std::pair<int, int>>{{7, 31}, {33, 5}, {1, 9}, {15, 1}}) {
    for (const float sigma : {0.7F, 2.0F}) {
      const std::vector<double> weights = weights_in_double(sigma);
      const int n = static_cast<int>(weights.size()), radius = n / 2;
      const Matrix x = random_matrix(H, W, rng);
      std::vector<double> want, allowed;
      for (int r = 0; r < H; ++r) {
        for (int c = 0; c < W; ++c) {
          double sum = 0, sum_abs = 0;
          for (int i = -radius; i <= radius; ++i) {
            for (int j = -radius; j <= radius; ++j) {
              if (r + i < 0 || r + i >= H || c + j < 0 || c + j >= W) continue;
              const double term = weights[static_cast<std::size_t>(i + radius)] *
                                  weights[static_cast<std::size_t>(j + radius)] * x(r + i, c + j);
              sum += term;
              sum_abs += std::abs(term);
            }
          }
          want.push_back(sum);
          allowed.push_back((2 * weight_bound(sigma) + gamma_bound(2 * n + 2, u)) * sum_abs);
        }
      }
      Guarded<float> y({H, W});
      std::ranges::copy(x.values(), y.data());
      smooth({y.data(), H, W, W}, sigma);
      EXPECT_TRUE(within(y, want, allowed)) << H << " x " << W << ", sigma " << sigma;
    }
  }
}

// The spread of what is left of uniform noise: its deviation, 1 / sqrt(3), times the root of the
// sum of the squared weights, in both directions. [Simard03]'s own setting moves pixels by 1.38 in
// the mean square; at the edge, where part of the window is paper, by less.
TEST(AddElastic, MovesPixelsAsFarAsTheLessonSays) {
  Philox rng(4);
  const std::vector<double> weights = weights_in_double(4);
  const double spread =
      std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0) / std::sqrt(3.0);
  EXPECT_TRUE(close(34 * spread, 1.38, Bound{.abs = 0.01}));
  double squares = 0;
  int count = 0;
  for (int picture = 0; picture < 400; ++picture) {
    DisplacementField field = make_field(29, 31);
    add_elastic(field, 34, 4, rng);
    squares += std::pow(field.down(14, 15), 2) + std::pow(field.right(14, 15), 2);
    count += 2;
  }
  // 800 numbers, nearly normal: the root of their mean square has a relative deviation of 1 /
  // sqrt(1600). Allowed: 4.
  EXPECT_TRUE(close(std::sqrt(squares / count), 34 * spread, Bound{.rel = 0.1}));
}

TEST(AddElastic, AddsAlphaTimesTheSmoothedNoiseOfTheStream) {
  const Philox rng(11, 2);
  const int H = 9, W = 13;
  Philox mine = rng;
  Matrix noise_down(H, W), noise_right(H, W);
  for (Matrix* noise : {&noise_down, &noise_right}) {
    for (float& value : noise->values()) value = static_cast<float>(2 * mine.uniform() - 1);
    smooth(*noise, 1.5F);
  }
  DisplacementField field = make_field(H, W);
  add_shift(field, 1, -2);
  Philox theirs = rng;
  add_elastic(field, 8, 1.5F, theirs);
  Matrix down(H, W), right(H, W);
  for (int r = 0; r < H; ++r) {
    for (int c = 0; c < W; ++c) {
      down(r, c) = 8 * noise_down(r, c) - 1;
      right(r, c) = 8 * noise_right(r, c) + 2;
    }
  }
  // One rounding of the sum: the product by 8 has none.
  EXPECT_TRUE(close(field.down, down, Bound{.abs = 4 * u}));
  EXPECT_TRUE(close(field.right, right, Bound{.abs = 4 * u}));
  EXPECT_EQ(theirs.position(), mine.position());
}

TEST(AddElastic, RefusesWhatIsNoNumber) {
  DisplacementField field = make_field(3, 3);
  Philox rng(1);
  EXPECT_TRUE(refuses([&] { add_elastic(field, std::nanf(""), 4, rng); }, {"alpha"}));
  EXPECT_TRUE(refuses([&] { add_elastic(field, 1, 0, rng); }, {"sigma"}));
}

}  // namespace
}  // namespace nn::cpu
