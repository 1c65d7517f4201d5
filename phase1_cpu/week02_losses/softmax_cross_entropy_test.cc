#include "phase1_cpu/week02_losses/softmax_cross_entropy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week02_losses/cross_entropy.h"
#include "phase1_cpu/week02_losses/log_sum_exp.h"
#include "phase1_cpu/week02_losses/softmax.h"
#include "phase1_cpu/week02_losses/softmax_jacobian.h"

namespace nn::basic {
namespace {

// One example's loss is the difference of log_sum_exp and a logit. In roundoffs, absolute:
// log_sum_exp's 3 log L + L + 1 (log_sum_exp_test.cc) and one rounding of it; then, relative, the
// difference, B - 1 additions and the division.
Bound loss_bound(const Matrix& z) {
  const int B = z.rows(), L = z.cols();
  double largest = 0;
  for (const double v : z.values()) largest = std::max(largest, std::abs(v));
  return {.abs = (3 * std::log(L) + L + 1 + largest + std::log(L)) * kUnitRoundoff64,
          .rel = (1 + B) * kUnitRoundoff64};
}

// The worked example of README.md, "Softmax and cross-entropy, fused".
TEST(SoftmaxCrossEntropy, WorkedExample) {
  const Matrix z{{1, 2, 3}, {1, 2, 3}};
  const std::vector<int> t{2, 0};
  // log_sum_exp(1, 2, 3) = 3.4076; minus 3, and minus 1.
  EXPECT_TRUE(close(Matrix{{softmax_cross_entropy(z, t)}},
                    Matrix{{(0.4076059644443803 + 2.4076059644443806) / 2}}, loss_bound(z)));
  const double p0 = 0.09003057317038046, p1 = 0.24472847105479764, p2 = 0.6652409557748219;
  EXPECT_TRUE(close(softmax_cross_entropy_backward(z, t),
                    Matrix{{p0 / 2, p1 / 2, (p2 - 1) / 2}, {(p0 - 1) / 2, p1 / 2, p2 / 2}},
                    Bound{.abs = 12 * kUnitRoundoff64}));  // softmax's bound, p <= 1, halved
}

TEST(SoftmaxCrossEntropy, MatchesReference) {
  for (const std::string name : {"softmax_cross_entropy", "softmax_cross_entropy_extreme"}) {
    const Matrix z = golden_matrix(name + "/z");
    const std::vector<int> t = golden_labels(name + "/t");
    EXPECT_TRUE(matches_golden(softmax_cross_entropy(z, t), name + "/loss"));
    EXPECT_TRUE(matches_golden(softmax_cross_entropy_backward(z, t), name + "/grad_z"));
  }
}

std::vector<int> some_labels(int B, int L) {
  std::vector<int> t;
  for (int b = 0; b < B; ++b) t.push_back((3 * b + 1) % L);
  return t;
}

// The same function in two steps. Where no probability is near the clamp, both must agree: the loss
// within both bounds (cross_entropy's: a few roundings of p, absolute in its logarithm), the
// gradient within softmax_backward's cancellation, which is relative to 1/B.
TEST(SoftmaxCrossEntropy, IsSoftmaxThenCrossEntropyOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [B, L] : awkward_shapes()) {
    const Matrix z = random_matrix(B, L, rng);
    const std::vector<int> t = some_labels(B, L);
    const Matrix p = softmax(z);
    const Bound once = loss_bound(z);
    EXPECT_TRUE(close(Matrix{{softmax_cross_entropy(z, t)}}, Matrix{{cross_entropy(p, t)}},
                      Bound{.abs = 2 * once.abs, .rel = 2 * once.rel}));
    EXPECT_TRUE(close(softmax_cross_entropy_backward(z, t),
                      softmax_backward(cross_entropy_backward(p, t), p),
                      Bound{.abs = 2 * (L + 20) * kUnitRoundoff64 / B}))
        << "B=" << B << " L=" << L;
  }
}

// Probabilities sum to 1 and so do the labels: nothing is left. L + 1 additions here, 2 L roundings
// of p (softmax_test.cc), a subtraction and a division, all relative to 1/B.
TEST(SoftmaxCrossEntropy, GradientRowsSumToZero) {
  Philox rng(2);
  const int B = 7, L = 129;
  const Matrix grad_z = softmax_cross_entropy_backward(random_matrix(B, L, rng), some_labels(B, L));
  Matrix sums(B, 1);
  for (int b = 0; b < B; ++b) {
    for (const double v : grad_z.row(b)) sums(b, 0) += v;
  }
  EXPECT_TRUE(close(sums, Matrix(B, 1), Bound{.abs = (3 * L + 3) * kUnitRoundoff64 / B}));
}

// Where softmax has underflown to 0, the two steps know only that the loss is above 27.6 and have a
// gradient of 1e12 times 0. The fused loss is the distance of the logits, its gradient 1.
TEST(SoftmaxCrossEntropy, KeepsTheLossThatTheClampCutsOff) {
  const Matrix z{{1e4, 0}};
  EXPECT_TRUE(identical(softmax_cross_entropy(z, {1}), 1e4));
  EXPECT_TRUE(identical(softmax_cross_entropy_backward(z, {1}), Matrix{{1, -1}}));
  EXPECT_LT(cross_entropy(softmax(z), {1}), 27.7);
  EXPECT_TRUE(identical(softmax_backward(cross_entropy_backward(softmax(z), {1}), softmax(z)),
                        Matrix{{0, 0}}));
}

// Why the label's logit moves into the exponent: doubles near 1e17 are 16 apart, and log 2 added to
// one of them is lost.
TEST(SoftmaxCrossEntropy, ShiftingFirstKeepsTheLogarithm) {
  EXPECT_EQ(log_sum_exp(Matrix{{1e17, 1e17}})(0, 0) - 1e17, 0);
  EXPECT_TRUE(close(log_sum_exp(Matrix{{1e17 - 1e17, 1e17 - 1e17}}), Matrix{{std::log(2)}},
                    Bound{.rel = 4 * kUnitRoundoff64}));
}

TEST(SoftmaxCrossEntropy, StaysFiniteForAnyLogitsThatCanBeSubtracted) {
  const Matrix z{{8e307, -8e307}};
  EXPECT_TRUE(identical(softmax_cross_entropy(z, {0}), 0));
  EXPECT_TRUE(identical(softmax_cross_entropy(z, {1}), 1.6e308));
  EXPECT_TRUE(identical(softmax_cross_entropy_backward(z, {1}), Matrix{{1, -1}}));
}

TEST(SoftmaxCrossEntropy, LetsNanThrough) {
  const Matrix z{{1, 2}, {std::nan(""), 1}};
  EXPECT_TRUE(stays_nan(softmax_cross_entropy(z, {0, 1})));
  const Matrix grad_z = softmax_cross_entropy_backward(z, {0, 1});
  EXPECT_FALSE(std::isnan(grad_z(0, 0)));
  EXPECT_TRUE(stays_nan(grad_z(1, 0)));
}

TEST(SoftmaxCrossEntropy, BackwardIsTheMeasuredGradient) {
  const Matrix z{{0.5, -1, 2}, {0.25, 3, -0.75}};
  const std::vector<int> t{1, 2};
  // The third derivative of log_sum_exp by one logit is p (1 - p) (1 - 2p), below 1/8; B = 2. The
  // loss is a difference of numbers below 4, off by 3 log 3 + 3 + 1 + 4 and B + 1 roundoffs.
  EXPECT_TRUE(close(
      softmax_cross_entropy_backward(z, t),
      numeric_gradient([&](const Matrix& moved) { return softmax_cross_entropy(moved, t); }, z),
      numeric_gradient_bound(4, 15, 0.125 / 2)));
}

TEST(SoftmaxCrossEntropy, RefusesBadArguments) {
  const Matrix z(2, 3);
  const std::string name = "softmax_cross_entropy";
  for (const auto& loss :
       {+[](const Matrix&y, const std::vector<int>&t) { softmax_cross_entropy(y, t); },
        +[](const Matrix&y, const std::vector<int>&t) { softmax_cross_entropy_backward(y, t); }}) {
    EXPECT_TRUE(refuses([&] { loss(z, {0, 3}); }, {name, "t[1] = 3", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(z, {0, -1}); }, {name, "t[1] = -1", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(z, {0, 1, 2}); }, {name, "3 against 2"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(0, 3), {}); }, {name, "(0, 3)", "mean"}));
  }
}

}  // namespace
}  // namespace nn::basic
