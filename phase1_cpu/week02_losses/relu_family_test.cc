#include "phase1_cpu/week02_losses/relu_family.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

struct Activation {
  std::string name;
  Matrix (*forward)(const Matrix& x);
  Matrix (*backward)(const Matrix& grad_y, const Matrix& x);
  double slope_at_zero;
};

const std::vector<Activation>& activations() {
  static const std::vector<Activation> all = {
      {"identity", identity, identity_backward, 1},
      {"relu", relu, relu_backward, 0},
      {"leaky_relu", leaky_relu, leaky_relu_backward, 0.01},
      {"elu", elu, elu_backward, 1},
  };
  return all;
}

// The table of README.md, "The ReLU family": log 2 makes e^-x = 1/2.
TEST(ReluFamily, WorkedExample) {
  const Matrix x{{-std::log(2), 0, 3}};
  const Matrix grad_y{{2, 2, 2}};
  EXPECT_TRUE(identical(relu(x), Matrix{{0, 0, 3}}));
  EXPECT_TRUE(identical(relu_backward(grad_y, x), Matrix{{0, 0, 2}}));
  EXPECT_TRUE(identical(leaky_relu(x), Matrix{{0.01 * -std::log(2), 0, 3}}));
  EXPECT_TRUE(identical(leaky_relu_backward(grad_y, x), Matrix{{0.02, 0.02, 2}}));
  // log 2 itself is rounded, which moves e^-x - 1 by log 2 / 2 of a roundoff; expm1 is within 1 ulp.
  const Bound roundings{.rel = 4 * kUnitRoundoff64};
  EXPECT_TRUE(close(elu(x), Matrix{{-0.5, 0, 3}}, roundings));
  EXPECT_TRUE(close(elu_backward(grad_y, x), Matrix{{1, 2, 2}}, roundings));
}

TEST(ReluFamily, MatchesReference) {
  for (const Activation& f : activations()) {
    for (const std::string& name : {f.name, f.name + "_extreme"}) {
      const Matrix x = golden_matrix(name + "/x"), grad_y = golden_matrix(name + "/grad_y");
      EXPECT_TRUE(matches_golden(f.forward(x), name + "/y"));
      EXPECT_TRUE(matches_golden(f.backward(grad_y, x), name + "/grad_x"));
    }
  }
}

TEST(ReluFamily, IsTheIdentityRightOfZeroOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_shapes()) {
    Matrix x = random_matrix(rows, cols, rng);
    for (double& v : x.values()) v = std::abs(v) + 1e-6;
    const Matrix grad_y = random_matrix(rows, cols, rng);
    for (const Activation& f : activations()) {
      EXPECT_TRUE(identical(f.forward(x), x)) << f.name;
      EXPECT_TRUE(identical(f.backward(grad_y, x), grad_y)) << f.name;
    }
  }
}

TEST(ReluFamily, HasItsOwnLeftHalfOnAwkwardShapes) {
  Philox rng(2);
  for (const auto& [rows, cols] : awkward_shapes()) {
    Matrix x = random_matrix(rows, cols, rng), leaked(rows, cols), exponential(rows, cols);
    for (int i = 0; i < x.size(); ++i) {
      double& v = x.values()[i];
      v = -std::abs(v);
      leaked.values()[i] = kLeakyReluSlope * v;
      exponential.values()[i] = static_cast<double>(std::expm1(static_cast<long double>(v)));
    }
    EXPECT_TRUE(identical(relu(x), Matrix(rows, cols)));
    EXPECT_TRUE(identical(leaky_relu(x), leaked));
    EXPECT_TRUE(
        close(elu(x), exponential, Bound{.rel = 3 * kUnitRoundoff64}));  // 1 ulp, 1 rounding
  }
}

TEST(ReluFamily, SlopeAtZeroIsTheStatedOne) {
  for (const Activation& f : activations()) {
    EXPECT_EQ(f.backward(Matrix{{1}}, Matrix{{0}})(0, 0), f.slope_at_zero) << f.name;
    EXPECT_EQ(f.backward(Matrix{{1}}, Matrix{{-0.0}})(0, 0), f.slope_at_zero) << f.name;
  }
}

// e^x - 1 = x + x^2/2 + ... For x = -1e-10 the two terms shown are right to 1e-31, far below one
// rounding. exp(x) - 1 keeps 7 of the 16 digits here.
TEST(ReluFamily, EluKeepsItsDigitsNearZero) {
  const double x = -1e-10;
  EXPECT_TRUE(close(elu(Matrix{{x}}), Matrix{{x + x * x / 2}}, Bound{.rel = 4 * kUnitRoundoff64}));
}

TEST(ReluFamily, StaysFiniteFarFromZero) {
  const Matrix x{{-1e308, -1e4, 1e4, 1e308}}, grad_y{{1, 1, 1, 1}};
  EXPECT_TRUE(identical(elu(x), Matrix{{-1, -1, 1e4, 1e308}}));
  EXPECT_TRUE(identical(elu_backward(grad_y, x), Matrix{{0, 0, 1, 1}}));
  EXPECT_TRUE(identical(relu(x), Matrix{{0, 0, 1e4, 1e308}}));
  EXPECT_TRUE(identical(leaky_relu(x), Matrix{{0.01 * -1e308, 0.01 * -1e4, 1e4, 1e308}}));
}

// An activation that turned NaN into 0 would hide where a network broke.
TEST(ReluFamily, LetsNanThrough) {
  for (const Activation& f : activations()) {
    const Matrix y = f.forward(Matrix{{std::nan(""), 2}});
    EXPECT_TRUE(stays_nan(y(0, 0))) << f.name;
    EXPECT_EQ(y(0, 1), 2) << f.name;
  }
}

TEST(ReluFamily, BackwardIsTheMeasuredSlope) {
  // Further from 0, where three of the four have a kink, than the step of the measurement.
  const Matrix x{{-2.5, -0.75, -0.01}, {0.5, 1.25, 4}}, grad_y{{1, -2, 3}, {0.5, 4, -1}};
  const double third = 1;  // elu''' = e^x <= 1 on the left; the others are straight
  for (const Activation& f : activations()) {
    EXPECT_TRUE(close(f.backward(grad_y, x), numeric_backward(f.forward, grad_y, x),
                      numeric_backward_bound(f.forward(x), grad_y, 3, third)))
        << f.name;
  }
}

TEST(ReluFamily, BackwardRefusesDifferentShapes) {
  for (const Activation& f : activations()) {
    EXPECT_TRUE(refuses([&] { f.backward(Matrix(2, 3), Matrix(3, 2)); },
                        {f.name + "_backward", "(2, 3)", "(3, 2)"}));
  }
}

}  // namespace
}  // namespace nn::basic
