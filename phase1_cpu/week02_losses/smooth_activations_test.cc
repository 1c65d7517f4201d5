#include "phase1_cpu/week02_losses/smooth_activations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/elementwise.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Smooth activations". At x = log 3: e^x = 3, so tanh x =
// (3 - 1/3) / (3 + 1/3) = 0.8 and sigmoid x = 0.75.
TEST(SmoothActivations, WorkedExample) {
  const double x = std::log(3);
  const Matrix inputs{{0, x, -x}}, grad_y{{1, 1, 2}};
  // tanh within 2 ulp is 4 roundoffs; x, itself rounded, adds less than 1.
  EXPECT_TRUE(close(tanh(inputs), Matrix{{0, 0.8, -0.8}}, Bound{.rel = 6 * kUnitRoundoff64}));
  EXPECT_TRUE(close(silu(inputs), Matrix{{0, 0.75 * x, -0.25 * x}},
                    Bound{.rel = 7 * kUnitRoundoff64}));  // sigmoid 5, product 1, want 1
  // tanh' = 1 - 0.64: the relative error of h^2, 9, is relative to 0.64, so it is absolute here.
  EXPECT_TRUE(close(tanh_backward(grad_y, inputs), Matrix{{1, 0.36, 0.72}},
                    Bound{.abs = 2 * 9 * kUnitRoundoff64, .rel = 4 * kUnitRoundoff64}));
  // silu' = s + x s (1 - s): s = 1/2, 3/4, 1/4.
  EXPECT_TRUE(close(silu_backward(grad_y, inputs),
                    Matrix{{0.5, 0.75 + x * 0.1875, 2 * (0.25 - x * 0.1875)}},
                    Bound{.abs = 2 * 8 * kUnitRoundoff64, .rel = 4 * kUnitRoundoff64}));
}

TEST(SmoothActivations, MatchReference) {
  for (const std::string extremes : {"", "_extreme"}) {
    const std::string of_tanh = "tanh" + extremes, of_silu = "silu" + extremes;
    EXPECT_TRUE(matches_golden(tanh(golden_matrix(of_tanh + "/x")), of_tanh + "/y"));
    EXPECT_TRUE(matches_golden(
        tanh_backward(golden_matrix(of_tanh + "/grad_y"), golden_matrix(of_tanh + "/x")),
        of_tanh + "/grad_x"));
    EXPECT_TRUE(matches_golden(silu(golden_matrix(of_silu + "/x")), of_silu + "/y"));
    EXPECT_TRUE(matches_golden(
        silu_backward(golden_matrix(of_silu + "/grad_y"), golden_matrix(of_silu + "/x")),
        of_silu + "/grad_x"));
  }
}

TEST(SmoothActivations, AreRightOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix x = random_matrix(rows, cols, rng);
    Matrix tangent(rows, cols), gated(rows, cols);
    for (int i = 0; i < x.size(); ++i) {
      const long double v = x.values()[i];
      tangent.values()[i] = static_cast<double>(std::tanh(v));
      gated.values()[i] = static_cast<double>(v / (1 + std::exp(-v)));
    }
    EXPECT_TRUE(close(tanh(x), tangent, Bound{.rel = 5 * kUnitRoundoff64}));  // 2 ulp, 1 rounding
    EXPECT_TRUE(close(silu(x), gated, Bound{.rel = 6 * kUnitRoundoff64}));  // 4, product 1, want 1
  }
}

// tanh is odd, its slope even; silu(x) - silu(-x) = x (sigmoid(x) + sigmoid(-x)) = x.
TEST(SmoothActivations, HaveTheirSymmetries) {
  Philox rng(2);
  const Matrix x = random_matrix(33, 31, rng), ones(33, 31, 1.0), mirrored = -1.0 * x;
  EXPECT_TRUE(identical(tanh(mirrored), -1.0 * tanh(x)));
  EXPECT_TRUE(identical(tanh_backward(ones, mirrored), tanh_backward(ones, x)));
  EXPECT_TRUE(close(silu(x) - silu(mirrored), x, Bound{.rel = 6 * kUnitRoundoff64}));
}

TEST(SmoothActivations, StayFiniteFarFromZero) {
  const Matrix x{{-1e308, -1e4, 1e4, 1e308}}, ones{{1, 1, 1, 1}};
  EXPECT_TRUE(identical(tanh(x), Matrix{{-1, -1, 1, 1}}));
  EXPECT_TRUE(identical(tanh_backward(ones, x), Matrix{{0, 0, 0, 0}}));
  EXPECT_TRUE(identical(silu(x), Matrix{{0, 0, 1e4, 1e308}}));
  EXPECT_TRUE(identical(silu_backward(ones, x), Matrix{{0, 0, 1, 1}}));
}

TEST(SmoothActivations, LetNanThrough) {
  const Matrix x{{1, std::nan("")}}, ones{{1, 1}};
  for (const Matrix& y : {tanh(x), tanh_backward(ones, x), silu(x), silu_backward(ones, x)}) {
    EXPECT_FALSE(std::isnan(y(0, 0)));
    EXPECT_TRUE(stays_nan(y(0, 1)));
  }
}

TEST(SmoothActivations, BackwardIsTheMeasuredSlope) {
  const Matrix x{{-2.5, -0.75, 0}, {0.5, 1.25, 4}}, grad_y{{1, -2, 3}, {0.5, 4, -1}};
  // |tanh'''| <= 2, at 0.
  EXPECT_TRUE(close(tanh_backward(grad_y, x), numeric_backward(tanh, grad_y, x),
                    numeric_backward_bound(tanh(x), grad_y, 4, 2)));
  // silu''' = 3 s'' + x s''', |s''| < 0.1, |s'''| <= 1/8 and |x| <= 4 here: at most 0.8.
  EXPECT_TRUE(close(silu_backward(grad_y, x), numeric_backward(silu, grad_y, x),
                    numeric_backward_bound(silu(x), grad_y, 6, 0.8)));
}

TEST(SmoothActivations, BackwardRefusesDifferentShapes) {
  EXPECT_TRUE(refuses([] { tanh_backward(Matrix(2, 3), Matrix(3, 2)); },
                      {"tanh_backward", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([] { silu_backward(Matrix(2, 3), Matrix(2, 4)); },
                      {"silu_backward", "(2, 3)", "(2, 4)"}));
}

}  // namespace
}  // namespace nn::basic
