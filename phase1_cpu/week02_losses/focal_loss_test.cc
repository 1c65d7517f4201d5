#include "phase1_cpu/week02_losses/focal_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week02_losses/cross_entropy.h"
#include "phase1_cpu/week02_losses/softmax.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Focal loss": q = 1/2 and q = 1/8.
//   loss  ((1/2)^2 log 2 + (7/8)^2 3 log 2) / 2
//   grad  (2 (1 - q) log q - (1 - q)^2 / q) / 2
TEST(FocalLoss, WorkedExample) {
  const Matrix p{{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}};
  const std::vector<int> t{0, 2};
  const double log2 = std::log(2);
  EXPECT_TRUE(close(Matrix{{focal_loss(p, t)}}, Matrix{{(0.25 + 3 * 0.765625) / 2 * log2}},
                    Bound{.rel = (8 + 2 + 2) * kUnitRoundoff64}));
  EXPECT_TRUE(close(focal_loss_backward(p, t),
                    Matrix{{(-log2 - 0.5) / 2, 0, 0}, {0, 0, (-5.25 * log2 - 6.125) / 2}},
                    Bound{.rel = (8 + 3) * kUnitRoundoff64}));
}

TEST(FocalLoss, MatchesReference) {
  for (const std::string name : {"focal_loss", "focal_loss_extreme"}) {
    const Matrix p = golden_matrix(name + "/p");
    const std::vector<int> t = golden_labels(name + "/t");
    EXPECT_TRUE(matches_golden(focal_loss(p, t), name + "/loss"));
    EXPECT_TRUE(matches_golden(focal_loss_backward(p, t), name + "/grad"));
  }
}

// One example alone is cross_entropy times (1 - q)^2; a batch is the mean of those. Bound: 1 - q 1,
// its square 3, log 2, product 1, B - 1 additions, division 1; twice, as both sides round.
TEST(FocalLoss, IsWeightedCrossEntropyOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [B, L] : awkward_shapes()) {
    const Matrix p = softmax(random_matrix(B, L, rng));
    std::vector<int> t;
    double mean = 0;
    for (int b = 0; b < B; ++b) {
      t.push_back((3 * b + 1) % L);
      const double q = p(b, t[b]);
      mean += (1 - q) * (1 - q) * cross_entropy(Matrix{{q}}, {0}) / B;
    }
    EXPECT_TRUE(close(Matrix{{focal_loss(p, t)}}, Matrix{{mean}},
                      Bound{.rel = 2 * (7 + B) * kUnitRoundoff64}));
  }
}

// What the weight is for: of two examples, the easy one (q = 0.9) counts 81 times less against the
// hard one (q = 0.1) than it does in cross_entropy, since (0.9 / 0.1)^2 = 81.
TEST(FocalLoss, TurnsAwayFromEasyExamples) {
  const Matrix easy{{0.9, 0.1}}, hard{{0.1, 0.9}};
  const double ratio = (focal_loss(hard, {0}) / focal_loss(easy, {0})) /
                       (cross_entropy(hard, {0}) / cross_entropy(easy, {0}));
  // 1 - 0.9 keeps 0.9's own rounding, 9 times as large relative to 0.1, and squares it.
  EXPECT_TRUE(
      close(Matrix{{ratio}}, Matrix{{81}}, Bound{.rel = 2 * (9 + 2 * 12) * kUnitRoundoff64}));
}

TEST(FocalLoss, IsFiniteForCertainty) {
  const Matrix p{{1, 0}};
  EXPECT_TRUE(identical(focal_loss(p, {0}), 0));
  EXPECT_TRUE(identical(focal_loss_backward(p, {0}), Matrix(1, 2)));
  const Bound roundings{.rel = 8 * kUnitRoundoff64};
  EXPECT_TRUE(close(Matrix{{focal_loss(p, {1})}}, Matrix{{27.631021115928547}}, roundings));
  EXPECT_TRUE(
      close(focal_loss_backward(p, {1}), Matrix{{0, -1e12 - 2 * 27.631021115928547}}, roundings));
}

TEST(FocalLoss, LetsNanThrough) {
  const Matrix p{{0.5, 0.5}, {std::nan(""), 0.5}};
  EXPECT_TRUE(stays_nan(focal_loss(p, {0, 0})));
  EXPECT_TRUE(stays_nan(focal_loss_backward(p, {0, 0})(1, 0)));
}

TEST(FocalLoss, BackwardIsTheMeasuredGradient) {
  const Matrix p{{0.5, 0.25, 0.25}, {0.125, 0.5, 0.375}};
  const std::vector<int> t{1, 0};
  // The third derivative is -2 (1/q + 1/q^2 + 1/q^3), at most 2 * 584 for q = 1/8; two in the mean.
  EXPECT_TRUE(close(focal_loss_backward(p, t),
                    numeric_gradient([&](const Matrix& moved) { return focal_loss(moved, t); }, p),
                    numeric_gradient_bound(focal_loss(p, t), 10, 2 * 584.0 / 2)));
}

TEST(FocalLoss, RefusesBadArguments) {
  const Matrix p(2, 3, 0.25);
  for (const auto& loss :
       {+[](const Matrix&q, const std::vector<int>&t) { focal_loss(q, t); },
        +[](const Matrix&q, const std::vector<int>&t) { focal_loss_backward(q, t); }}) {
    EXPECT_TRUE(refuses([&] { loss(p, {0, 3}); }, {"focal_loss", "t[1] = 3", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(p, {0}); }, {"focal_loss", "1 against 2"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(0, 3), {}); }, {"focal_loss", "(0, 3)", "mean"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix{{0.5, -2}}, {0}); }, {"focal_loss", "(0, 1) is -2"}));
  }
}

}  // namespace
}  // namespace nn::basic
