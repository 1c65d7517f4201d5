#include "phase1_cpu/week02_losses/hinge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Hinge".
TEST(Hinge, WorkedExample) {
  const Matrix y{{2, 0.5, -1, 0.5}}, t{{1, 1, 1, -1}};
  EXPECT_TRUE(identical(Matrix{{hinge(y, t)}}, Matrix{{1}}));  // (0 + 0.5 + 2 + 1.5) / 4
  EXPECT_TRUE(identical(hinge_backward(y, t), Matrix{{0, -0.25, -0.25, 0.25}}));
}

TEST(Hinge, MatchesReference) {
  for (const std::string name : {"hinge", "hinge_extreme"}) {
    const Matrix y = golden_matrix(name + "/y"), t = golden_matrix(name + "/t");
    EXPECT_TRUE(matches_golden(hinge(y, t), name + "/loss"));
    EXPECT_TRUE(matches_golden(hinge_backward(y, t), name + "/grad"));
  }
}

// n terms >= 0: n - 1 additions, 1 - t y, a division, the expected value.
TEST(Hinge, IsRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix y = random_matrix(rows, cols, rng);
    Matrix t(rows, cols);
    long double total = 0;
    for (int i = 0; i < y.size(); ++i) {
      t.values()[i] = rng.uniform() < 0.5 ? -1 : 1;
      total += std::max(0.0L, 1 - static_cast<long double>(t.values()[i]) * y.values()[i]);
    }
    EXPECT_TRUE(close(Matrix{{hinge(y, t)}}, Matrix{{static_cast<double>(total / y.size())}},
                      Bound{.rel = (y.size() + 2) * kUnitRoundoff64}));
  }
}

// On the margin itself, t y = 1, the loss is 0 and so is the derivative.
TEST(Hinge, IsSilentFromTheMarginOn) {
  const Matrix y{{1, -1, 1e308, -1e308}}, t{{1, -1, 1, -1}};
  EXPECT_TRUE(identical(hinge(y, t), 0));
  EXPECT_TRUE(identical(hinge_backward(y, t), Matrix(1, 4)));
}

TEST(Hinge, GrowsStraightOnTheWrongSide) {
  EXPECT_TRUE(identical(hinge(Matrix{{-1e4}}, Matrix{{1}}), 10001));
  EXPECT_TRUE(identical(hinge_backward(Matrix{{-1e4}}, Matrix{{1}})(0, 0), -1));
  EXPECT_TRUE(identical(hinge(Matrix{{1e308}}, Matrix{{-1}}), 1e308));
}

TEST(Hinge, LetsNanThrough) {
  EXPECT_TRUE(stays_nan(hinge(Matrix{{2, std::nan("")}}, Matrix{{1, 1}})));
}

TEST(Hinge, BackwardIsTheMeasuredGradient) {
  const Matrix y{{0.5, -1, 2}, {0.25, 3, -0.75}}, t{{1, 1, -1}, {-1, 1, -1}};
  EXPECT_TRUE(close(hinge_backward(y, t),
                    numeric_gradient([&](const Matrix& moved) { return hinge(moved, t); }, y),
                    numeric_gradient_bound(hinge(y, t), 6 + 2, 0)));  // straight lines
}

TEST(Hinge, RefusesBadArguments) {
  for (const auto& loss : {+[](const Matrix&y, const Matrix&t) { hinge(y, t); },
                           +[](const Matrix&y, const Matrix&t) { hinge_backward(y, t); }}) {
    EXPECT_TRUE(refuses([&] { loss(Matrix(2, 3), Matrix(3, 2)); }, {"hinge", "(2, 3)", "(3, 2)"}));
    EXPECT_TRUE(refuses([&] { loss(Matrix(0, 3), Matrix(0, 3)); }, {"hinge", "(0, 3)", "mean"}));
    EXPECT_TRUE(refuses(
        [&] {
          loss(Matrix{{1, 2}}, Matrix{{1, 0}});
        },
        {"hinge", "(0, 1) is 0", "1 or -1"}));
  }
}

}  // namespace
}  // namespace nn::basic
