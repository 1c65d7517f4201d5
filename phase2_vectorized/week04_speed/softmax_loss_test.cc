#include "phase2_vectorized/week04_speed/softmax_loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr double kU = kUnitRoundoff32;
using Doubles = std::vector<double>;

std::vector<int> some_labels(int B, int L) {
  std::vector<int> t;
  for (int b = 0; b < B; ++b) t.push_back((3 * b + 1) % L);
  return t;
}

// The definition, in double: the loss, and p of every row.
double in_double(Doubles& p, int B, int L, const Doubles& z, const std::vector<int>& t) {
  double loss = 0;
  p.clear();
  for (int b = 0; b < B; ++b) {
    const double* row = z.data() + b * L;
    const double m = *std::max_element(row, row + L);
    double total = 0;
    for (int l = 0; l < L; ++l) total += std::exp(row[l] - m);
    for (int l = 0; l < L; ++l) p.push_back(std::exp(row[l] - m) / total);
    loss += m + std::log(total) - row[t[b]];
  }
  return loss / B;
}

// Of p, in roundoffs: softmax_rows_test.cc derives them.
double softmax_roundoffs(double distance, int L) { return distance + 6 + std::log(L) + L; }

// The logarithm of a sum that is off by log L + 2 + L - 1, absolute; m - z_t and its sum with that are
// rounded once, relative to them; the result once.
Bound loss_bound(double farthest, int L) {
  return {.abs = (std::log(L) + 2 + L - 1 + farthest) * kU, .rel = 2 * kU};
}

// One case, into memory with gaps and canaries; the loss comes from both functions.
void expect_right(const Matrix& z, const std::vector<int>& t) {
  const int B = z.rows(), L = z.cols();
  Doubles p, want, allowed;
  const double loss = in_double(p, B, L, Doubles(z.values().begin(), z.values().end()), t);
  double farthest = 0;
  for (int b = 0; b < B; ++b) {
    float m = z(b, 0);
    for (int l = 1; l < L; ++l) m = std::max(m, z(b, l));
    for (int l = 0; l < L; ++l) {
      const double label = l == t[b] ? 1 : 0, distance = static_cast<double>(m) - z(b, l);
      const double p_bl = p[want.size()];
      farthest = std::max(farthest, distance);
      want.push_back((p_bl - label) / B);
      // p, its share and the difference: the last two are rounded relative to at most 1 / B.
      allowed.push_back((softmax_roundoffs(distance, L) * p_bl + 2 * label) * kU / B + 0x1p-149);
    }
  }
  FencedMatrix grad_z(B, L);
  const float got = softmax_cross_entropy(grad_z.view(), Operand(z).view(), t);
  EXPECT_TRUE(close_float(got, loss, loss_bound(farthest, L)));
  EXPECT_TRUE(grad_z.holds(want, allowed));
  EXPECT_EQ(softmax_cross_entropy(Operand(z).view(), t), got);
}

// The worked example of README.md, "Softmax and cross-entropy in one walk".
TEST(SoftmaxCrossEntropy, WorkedExample) {
  const Matrix z{{1, 2, 3}, {1, 2, 3}};
  const std::vector<int> t{2, 0};
  FencedMatrix grad_z(2, 3);
  EXPECT_TRUE(close_float(softmax_cross_entropy(grad_z.view(), z, t), 1.4076059644443804,
                          loss_bound(2, 3)));
  const double p0 = 0.09003057317038046, p1 = 0.24472847105479764, p2 = 0.6652409557748219;
  EXPECT_TRUE(grad_z.holds(Doubles{p0 / 2, p1 / 2, (p2 - 1) / 2, (p0 - 1) / 2, p1 / 2, p2 / 2},
                           Bound{.abs = 7 * kU}));  // 12 roundoffs of a p below 1, and 1, halved
}

TEST(SoftmaxCrossEntropy, MatchesReference) {
  with_each_simd_target([] {
    for (const std::string name : {"softmax_cross_entropy", "softmax_cross_entropy_extreme"}) {
      const Matrix z = golden_matrix(name + "/z");
      const std::vector<int> t = golden_labels(name + "/t");
      Matrix grad_z(z.rows(), z.cols());
      EXPECT_TRUE(matches_golden(softmax_cross_entropy(grad_z, z, t), name + "/loss"));
      EXPECT_TRUE(matches_golden(grad_z, name + "/grad_z"));
      EXPECT_TRUE(matches_golden(softmax_cross_entropy(z, t), name + "/loss"));
    }
  });
}

TEST(SoftmaxCrossEntropy, AwkwardShapes) {
  Philox rng(1);
  for (const Extents& extents : awkward_extents()) {
    const int B = extents.rows, L = extents.cols;
    Matrix z = random_matrix(B, L, rng);
    for (float& v : z.values()) v *= 3;
    with_each_simd_target([&] { expect_right(z, some_labels(B, L)); });
  }
}

// Probabilities sum to 1 and so do the labels: nothing is left. softmax's roundings that a row's p do
// not share, and those of the share and the difference, relative to 1 / B.
TEST(SoftmaxCrossEntropy, GradientRowsSumToZero) {
  Philox rng(2);
  const int B = 7, L = 129;
  Matrix grad_z(B, L);
  softmax_cross_entropy(grad_z, random_matrix(B, L, rng), some_labels(B, L));
  Doubles sums(B);
  for (int b = 0; b < B; ++b) {
    for (int l = 0; l < L; ++l) sums[b] += grad_z(b, l);
  }
  EXPECT_TRUE(close(sums, Doubles(B, 0.0), Bound{.abs = (L + 6) * kU / B}));
}

TEST(SoftmaxCrossEntropy, GradientIsTheMeasuredOne) {
  const Matrix z{{0.5F, -1, 2}, {0.25F, 3, -0.75F}};
  const std::vector<int> t{1, 2};
  Doubles want(6), moved(z.values().begin(), z.values().end()), p;
  numeric_gradient(want, moved, [&] { return in_double(p, 2, 3, moved, t); });
  FencedMatrix grad_z(2, 3);
  softmax_cross_entropy(grad_z.view(), z, t);
  // The third derivative of log_sum_exp by one logit is p (1 - p) (1 - 2p), below 1/8; B = 2.
  const Bound measured = numeric_gradient_bound(4, 15, 0.125 / 2);
  EXPECT_TRUE(
      grad_z.holds(want, Bound{.abs = measured.abs + (softmax_roundoffs(4, 3) + 2) * kU / 2}));
}

// Where softmax has underflown to 0, a loss of probabilities knows only that it is above 27.6 and has
// a gradient of 1e12 times 0. This one is the distance of the logits, and its gradient is 1.
TEST(SoftmaxCrossEntropy, KeepsTheLossThatAClampWouldCutOff) {
  with_each_simd_target([] {
    Matrix grad_z(1, 2);
    EXPECT_EQ(softmax_cross_entropy(grad_z, Matrix{{1e4F, 0}}, std::vector<int>{1}), 1e4F);
    EXPECT_TRUE(identical(grad_z, Matrix{{1, -1}}));
    EXPECT_EQ(softmax_cross_entropy(grad_z, Matrix{{8e37F, -8e37F}}, std::vector<int>{0}), 0);
    EXPECT_TRUE(identical(grad_z, Matrix{{0, 0}}));
  });
}

// The logits' size does not enter, only their differences: doubles and floats near 1e8 are too far
// apart for a log 2 that is added to one of them.
TEST(SoftmaxCrossEntropy, LargeEqualLogitsCostTheLogarithmOfTheirNumber) {
  const std::vector<int> label{0};
  EXPECT_TRUE(close_float(softmax_cross_entropy(Matrix{{1e8F, 1e8F, 1e8F}}, label), std::log(3.0),
                          loss_bound(0, 3)));
}

// Half a million examples of loss log 2: a float's sum would stop growing at 2^24 roundoffs of it.
TEST(SoftmaxCrossEntropy, TheMeanOfManyExamplesKeepsItsDigits) {
  const int B = 500'001;
  const Matrix z(B, 2, 1.0F);
  EXPECT_TRUE(close_float(softmax_cross_entropy(z, std::vector<int>(B, 1)), std::log(2.0),
                          loss_bound(0, 2)));
}

TEST(SoftmaxCrossEntropy, LetsNanThrough) {
  with_each_simd_target([] {
    const Matrix z{{1, 2, 3}, {1, std::nanf(""), 3}};
    Matrix grad_z(2, 3);
    EXPECT_TRUE(std::isnan(softmax_cross_entropy(grad_z, z, std::vector<int>{0, 2})));
    for (int l = 0; l < 3; ++l) {
      EXPECT_FALSE(std::isnan(grad_z(0, l)));
      EXPECT_TRUE(std::isnan(grad_z(1, l)));
    }
  });
}

TEST(SoftmaxCrossEntropy, MayWorkInPlace) {
  Philox rng(3);
  const Matrix z = random_matrix(5, 37, rng);
  const std::vector<int> t = some_labels(5, 37);
  Matrix grad_z(5, 37), over_z = z;
  const float loss = softmax_cross_entropy(grad_z, z, t);
  EXPECT_EQ(softmax_cross_entropy(over_z, over_z, t), loss);
  EXPECT_TRUE(identical(over_z, grad_z));
}

TEST(SoftmaxCrossEntropy, RefusesBadArguments) {
  const std::string name = "softmax_cross_entropy";
  Matrix grad_z(2, 3);
  const Matrix z(2, 3);
  for (const bool with_gradient : {true, false}) {
    const auto loss = [&](ConstMatrixView logits, const std::vector<int>& t) {
      return with_gradient ? softmax_cross_entropy(grad_z, logits, t)
                           : softmax_cross_entropy(logits, t);
    };
    EXPECT_TRUE(refuses([&] { loss(z, {0, 3}); }, {name, "t[1] = 3", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(z, {0, -1}); }, {name, "t[1] = -1", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(z, {0, 1, 2}); }, {name, "3 against 2"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(0, 3), {}); }, {name, "(0, 3)", "mean"}));
    EXPECT_TRUE(refuses([&] { loss(transposed(Matrix(3, 2)), {0, 1}); }, {name, "transposed"}));
  }
  Matrix wide(2, 4);
  EXPECT_TRUE(refuses(
      [&] {
        softmax_cross_entropy(wide, z, std::vector<int>{0, 1});
      },
      {name, "(2, 4)", "(2, 3)"}));
}

}  // namespace
}  // namespace nn::cpu
