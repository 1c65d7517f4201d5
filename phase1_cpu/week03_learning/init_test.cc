#include "phase1_cpu/week03_learning/init.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <vector>

#include "common/check.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/matmul.h"
#include "phase1_cpu/week02_losses/relu_family.h"

namespace nn::basic {
namespace {

// Mean of the squares: the variance of numbers whose mean is 0.
double mean_square(const Matrix& a) {
  double total = 0;
  for (const double value : a.values()) total += value * value;
  return total / a.size();
}

TEST(XavierUniform, MatchesReference) {
  Philox rng(7);
  EXPECT_TRUE(matches_golden(xavier_uniform(31, 17, rng), "xavier_uniform/w"));
}

TEST(HeNormal, MatchesReference) {
  Philox rng(7);
  EXPECT_TRUE(matches_golden(he_normal(31, 17, rng), "he_normal/w"));
}

// The mean of n squares of a uniform number of variance v has standard deviation v sqrt(0.8 / n),
// since E x^4 = 1.8 v^2; of a normal one v sqrt(2 / n), since E x^4 = 3 v^2. Allowed: 4 of them.
TEST(XavierUniform, VarianceIsTwoOverBothExtents) {
  for (const auto& [C, OC] : {std::array{129, 127}, {33, 513}, {1, 1025}}) {
    Philox rng(1);
    const double v = 2.0 / (C + OC);
    EXPECT_TRUE(close(std::vector{mean_square(xavier_uniform(C, OC, rng))}, std::vector{v},
                      Bound{.rel = 4 * std::sqrt(0.8 / (C * OC))}))
        << "C=" << C << " OC=" << OC;
  }
}

TEST(XavierUniform, StaysWithinItsLimitAndUsesAllOfIt) {
  Philox rng(2);
  const Matrix w = xavier_uniform(127, 33, rng);
  const double a = std::sqrt(6.0 / (127 + 33));
  const auto [low, high] = std::ranges::minmax(w.values());
  EXPECT_GE(low, -a);
  EXPECT_LT(high, a);
  // That none of 4191 numbers falls within 1 % of an end has probability 0.995^4191 = 8e-10.
  EXPECT_LT(low, -0.99 * a);
  EXPECT_GT(high, 0.99 * a);
}

TEST(HeNormal, VarianceIsTwoOverInputs) {
  for (const auto& [C, OC] : {std::array{129, 127}, {33, 513}, {1, 1025}}) {
    Philox rng(3);
    const double v = 2.0 / C;
    EXPECT_TRUE(close(std::vector{mean_square(he_normal(C, OC, rng))}, std::vector{v},
                      Bound{.rel = 4 * std::sqrt(2.0 / (C * OC))}))
        << "C=" << C << " OC=" << OC;
  }
}

// What the variance is for (README.md, "Where to start", whose table this prints): ten layers of relu,
// 256 wide. With he_normal the signal leaves as large as it came; xavier_uniform's variance, 1 / 256 here,
// loses half of it at every layer. One layer changes it by a factor whose standard deviation is about
// sqrt(5 / 256) = 0.14, ten of them by e^0.44; a factor of 3 is 2.5 of those.
TEST(HeNormal, KeepsTheSignalThroughTenLayersOfRelu) {
  Philox rng(4);
  Matrix he = random_matrix(33, 256, rng), xavier = he;
  double he_size = 0, xavier_size = 0;
  for (int layer = 1; layer <= 10; ++layer) {
    const Matrix he_y = matmul(he, he_normal(256, 256, rng));
    const Matrix xavier_y = matmul(xavier, xavier_uniform(256, 256, rng));
    he_size = mean_square(he_y), xavier_size = mean_square(xavier_y);
    std::cout << "layer " << layer << ": he_normal " << he_size << ", xavier_uniform "
              << xavier_size << "\n";
    he = relu(he_y), xavier = relu(xavier_y);
  }
  // The first layer's x has not been through relu, so with he_normal the mean square is 2 from there on,
  // and with half the variance it is 1, 1/2, 1/4, ... 1/512.
  EXPECT_GT(he_size, 2.0 / 3);
  EXPECT_LT(he_size, 2.0 * 3);
  EXPECT_GT(xavier_size, 1.0 / 512 / 3);
  EXPECT_LT(xavier_size, 1.0 / 512 * 3);
}

// What comes after in the stream must not depend on how the weights were filled in.
TEST(Init, DrawsOneNumberAnElement) {
  Philox rng(5);
  xavier_uniform(3, 5, rng);
  EXPECT_EQ(rng.position(), 30u);  // two words a uniform number
  Philox other(5);
  he_normal(3, 5, other);
  EXPECT_EQ(other.position(), 32u);  // and normal ones come in pairs: 8 of them, one is left over
}

TEST(Init, RefusesExtentsBelowOne) {
  Philox rng(6);
  EXPECT_THROW(xavier_uniform(0, 5, rng), Error);
  EXPECT_THROW(xavier_uniform(5, -1, rng), Error);
  EXPECT_THROW(he_normal(0, 5, rng), Error);
  EXPECT_THROW(he_normal(5, 0, rng), Error);
}

}  // namespace
}  // namespace nn::basic
