#include "phase1_cpu/week02_losses/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week02_losses/softmax.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Cross-entropy": -log 1/2 and -log 1/8 are 1 and 3 times log 2.
TEST(CrossEntropy, WorkedExample) {
  const Matrix p{{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}};
  const std::vector<int> t{0, 2};
  EXPECT_TRUE(close(Matrix{{cross_entropy(p, t)}}, Matrix{{2 * std::log(2)}},
                    Bound{.rel = 6 * kUnitRoundoff64}));  // log 2 twice, sum, division, want 2
  EXPECT_TRUE(identical(cross_entropy_backward(p, t), Matrix{{-1, 0, 0}, {0, 0, -4}}));
}

TEST(CrossEntropy, MatchesReference) {
  for (const std::string name : {"cross_entropy", "cross_entropy_extreme"}) {
    const Matrix p = golden_matrix(name + "/p");
    const std::vector<int> t = golden_labels(name + "/t");
    EXPECT_TRUE(matches_golden(cross_entropy(p, t), name + "/loss"));
    EXPECT_TRUE(matches_golden(cross_entropy_backward(p, t), name + "/grad"));
  }
}

// B terms of one sign: B - 1 additions, log within 1 ulp, a division, and the expected value.
TEST(CrossEntropy, IsRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [B, L] : awkward_shapes()) {
    const Matrix p = softmax(random_matrix(B, L, rng));
    std::vector<int> t;
    long double total = 0;
    for (int b = 0; b < B; ++b) {
      t.push_back((3 * b + 1) % L);
      total -= std::log(static_cast<long double>(p(b, t[b])));
    }
    EXPECT_TRUE(close(Matrix{{cross_entropy(p, t)}}, Matrix{{static_cast<double>(total / B)}},
                      Bound{.rel = (B + 3) * kUnitRoundoff64}));
  }
}

TEST(CrossEntropy, OfGuessingIsLogL) {
  const Matrix p(4, 8, 0.125);
  EXPECT_TRUE(close(Matrix{{cross_entropy(p, {0, 3, 5, 7})}}, Matrix{{std::log(8)}},
                    Bound{.rel = 8 * kUnitRoundoff64}));  // log 2 twice, 3 sums, division
}

// A network that is certain: right costs nothing, wrong costs -log 1e-12 and still has a gradient.
TEST(CrossEntropy, IsFiniteForCertainty) {
  const Matrix p{{1, 0}};
  EXPECT_TRUE(identical(cross_entropy(p, {0}), 0));
  EXPECT_TRUE(identical(cross_entropy_backward(p, {0}), Matrix{{-1, 0}}));
  const Bound roundings{.rel = 4 * kUnitRoundoff64};
  EXPECT_TRUE(close(Matrix{{cross_entropy(p, {1})}}, Matrix{{27.631021115928547}}, roundings));
  EXPECT_TRUE(close(cross_entropy_backward(p, {1}), Matrix{{0, -1e12}}, roundings));
}

TEST(CrossEntropy, LetsNanThrough) {
  const Matrix p{{0.5, 0.5}, {std::nan(""), 0.5}};
  EXPECT_TRUE(stays_nan(cross_entropy(p, {0, 0})));
  EXPECT_TRUE(stays_nan(cross_entropy_backward(p, {0, 0})(1, 0)));
}

TEST(CrossEntropy, BackwardIsTheMeasuredGradient) {
  const Matrix p{{0.5, 0.25, 0.25}, {0.125, 0.5, 0.375}};
  const std::vector<int> t{1, 0};
  // (-log p)''' = -2 / p^3, at most 2 * 8^3 here; two of them in the mean. 2 terms, 4 roundings.
  EXPECT_TRUE(
      close(cross_entropy_backward(p, t),
            numeric_gradient([&](const Matrix& moved) { return cross_entropy(moved, t); }, p),
            numeric_gradient_bound(cross_entropy(p, t), 6, 2 * 512.0 / 2)));
}

TEST(CrossEntropy, RefusesBadLabels) {
  const Matrix p(2, 3, 0.25);
  for (const auto& loss :
       {+[](const Matrix&q, const std::vector<int>&t) { cross_entropy(q, t); },
        +[](const Matrix&q, const std::vector<int>&t) { cross_entropy_backward(q, t); }}) {
    EXPECT_TRUE(refuses([&] { loss(p, {0, 3}); }, {"cross_entropy", "t[1] = 3", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(p, {-1, 0}); }, {"cross_entropy", "t[0] = -1", "[0, 3)"}));
    EXPECT_TRUE(refuses([&] { loss(p, {0}); }, {"cross_entropy", "1 against 2"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(0, 3), {}); }, {"cross_entropy", "(0, 3)", "mean"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(1, 0), {0}); }, {"cross_entropy", "(1, 0)"}));
    EXPECT_TRUE(refuses(
        [&] {
          loss(Matrix{{0.5, 3.25}}, {0});
        },
        {"cross_entropy", "(0, 1) is 3.25", "logits"}));
  }
}

}  // namespace
}  // namespace nn::basic
