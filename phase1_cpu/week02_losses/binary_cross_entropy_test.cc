#include "phase1_cpu/week02_losses/binary_cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week02_losses/sigmoid.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Binary cross-entropy": the answers' probabilities are 1/2, 1/4
// and 1 - 7/8 = 1/8.
TEST(BinaryCrossEntropy, WorkedExample) {
  const Matrix p{{0.5, 0.25, 0.875}}, t{{1, 1, 0}};
  EXPECT_TRUE(close(Matrix{{binary_cross_entropy(p, t)}}, Matrix{{2 * std::log(2)}},
                    Bound{.rel = 8 * kUnitRoundoff64}));  // log 2, 2 sums, division, want 2
  EXPECT_TRUE(close(binary_cross_entropy_backward(p, t), Matrix{{-2.0 / 3, -4.0 / 3, 8.0 / 3}},
                    Bound{.rel = 3 * kUnitRoundoff64}));
}

TEST(BinaryCrossEntropy, MatchesReference) {
  for (const std::string name : {"binary_cross_entropy", "binary_cross_entropy_extreme"}) {
    const Matrix p = golden_matrix(name + "/p"), t = golden_matrix(name + "/t");
    EXPECT_TRUE(matches_golden(binary_cross_entropy(p, t), name + "/loss"));
    EXPECT_TRUE(matches_golden(binary_cross_entropy_backward(p, t), name + "/grad"));
  }
}

// n terms of one sign: n - 1 additions; log 2, the two products and their sum 3, division 1,
// expected value 1. 1 - p is rounded: 1 absolute in its logarithm.
TEST(BinaryCrossEntropy, IsRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix p = sigmoid(random_matrix(rows, cols, rng));
    Matrix t(rows, cols);
    long double total = 0;
    for (int i = 0; i < p.size(); ++i) {
      t.values()[i] = rng.uniform() < 0.5 ? 0 : 1;
      const long double yes = p.values()[i];
      total -= std::log(t.values()[i] == 1 ? yes : 1 - yes);
    }
    EXPECT_TRUE(close(Matrix{{binary_cross_entropy(p, t)}},
                      Matrix{{static_cast<double>(total / p.size())}},
                      Bound{.abs = kUnitRoundoff64, .rel = (p.size() + 6) * kUnitRoundoff64}));
  }
}

// Asking the opposite question changes nothing. Halves, quarters and eighths: 1 - p is exact.
TEST(BinaryCrossEntropy, DoesNotMindTheOppositeQuestion) {
  const Matrix p{{0.5, 0.25}, {0.875, 0.125}, {1, 0}}, t{{1, 0}, {0.25, 1}, {0, 0}};
  const Matrix ones(3, 2, 1.0);
  const Bound bound{.rel = 2 * (6 + 6) * kUnitRoundoff64};  // n + 6, on both sides
  EXPECT_TRUE(close(Matrix{{binary_cross_entropy(ones - p, ones - t)}},
                    Matrix{{binary_cross_entropy(p, t)}}, bound));
  EXPECT_TRUE(close(binary_cross_entropy_backward(ones - p, ones - t),
                    -1.0 * binary_cross_entropy_backward(p, t), bound));
}

// Certain and right costs nothing: no 0 times infinity. Certain and wrong costs -log 1e-12.
TEST(BinaryCrossEntropy, IsFiniteForCertainty) {
  EXPECT_TRUE(identical(binary_cross_entropy(Matrix{{1, 0}}, Matrix{{1, 0}}), 0));
  EXPECT_TRUE(identical(binary_cross_entropy_backward(Matrix{{1, 0}}, Matrix{{1, 0}}),
                        Matrix{{-0.5, 0.5}}));
  const Bound roundings{.rel = 6 * kUnitRoundoff64};  // log 2, product, sums 2, division
  EXPECT_TRUE(close(Matrix{{binary_cross_entropy(Matrix{{1, 0}}, Matrix{{0, 1}})}},
                    Matrix{{27.631021115928547}}, roundings));
  EXPECT_TRUE(close(binary_cross_entropy_backward(Matrix{{1, 0}}, Matrix{{0, 1}}),
                    Matrix{{5e11, -5e11}}, roundings));
}

// With p = sigmoid(x), the derivative by x is (p - t) / (B*C): the sigmoid's p (1 - p) cancels both
// denominators. 12 roundings on the way through p, relative to the two parts before they meet.
TEST(BinaryCrossEntropy, ThroughASigmoidIsPMinusT) {
  Philox rng(2);
  const Matrix x = random_matrix(7, 3, rng), p = sigmoid(x);
  Matrix t(7, 3);
  for (double& v : t.values()) v = rng.uniform();
  const Matrix grad_x = sigmoid_backward(binary_cross_entropy_backward(p, t), x);
  EXPECT_TRUE(close(grad_x, (1.0 / p.size()) * (p - t),
                    Bound{.abs = 12 * kUnitRoundoff64 / p.size(), .rel = 12 * kUnitRoundoff64}));
}

TEST(BinaryCrossEntropy, LetsNanThrough) {
  const Matrix p{{0.5, std::nan("")}}, t{{1, 1}};
  EXPECT_TRUE(stays_nan(binary_cross_entropy(p, t)));
  EXPECT_TRUE(stays_nan(binary_cross_entropy_backward(p, t)(0, 1)));
}

TEST(BinaryCrossEntropy, BackwardIsTheMeasuredGradient) {
  const Matrix p{{0.5, 0.25, 0.875}, {0.125, 0.75, 0.375}}, t{{1, 0, 0.5}, {0, 1, 0.25}};
  // The third derivatives, -2 t / p^3 and 2 (1-t) / (1-p)^3, are at most 2 * 8^3 here; 6 in the mean.
  EXPECT_TRUE(close(
      binary_cross_entropy_backward(p, t),
      numeric_gradient([&](const Matrix& moved) { return binary_cross_entropy(moved, t); }, p),
      numeric_gradient_bound(binary_cross_entropy(p, t), 6 + 6, 2 * 512.0 / 6)));
}

TEST(BinaryCrossEntropy, RefusesBadArguments) {
  for (const auto& loss :
       {+[](const Matrix&p, const Matrix&t) { binary_cross_entropy(p, t); },
        +[](const Matrix&p, const Matrix&t) { binary_cross_entropy_backward(p, t); }}) {
    const std::string name = "binary_cross_entropy";
    EXPECT_TRUE(refuses([&] { loss(Matrix(2, 3), Matrix(3, 2)); }, {name, "(2, 3)", "(3, 2)"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(0, 3), Matrix(0, 3)); }, {name, "(0, 3)", "mean"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix{{-0.5}}, Matrix{{1}}); }, {name, "(0, 0) is -0.5"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix{{0.5}}, Matrix{{2}}); }, {name, "(0, 0) is 2"}));
  }
}

}  // namespace
}  // namespace nn::basic
