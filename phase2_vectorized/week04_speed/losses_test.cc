#include "phase2_vectorized/week04_speed/losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr double kU = kUnitRoundoff32;
constexpr double kEps = kMinProbability;
using Doubles = std::vector<double>;

// A loss of predictions by targets of the same shape, by its definition for one element in double.
struct Loss {
  std::string name;
  float (*loss)(ConstMatrixView y, ConstMatrixView t);
  void (*backward)(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t);
  double (*of_one)(double y, double t);
  double (*slope)(double y, double t);
  const char* input;  // its name in the golden files
};
const std::vector<Loss>& losses() {
  static const std::vector<Loss> all{
      {"mse", mse, mse_backward, [](double y, double t) { return (y - t) * (y - t); },
       [](double y, double t) { return 2 * (y - t); }, "y"},
      {"mae", mae, mae_backward, [](double y, double t) { return std::abs(y - t); },
       [](double y, double t) { return y > t   ? 1.0
                                       : y < t ? -1.0
                                               : 0.0; }, "y"},
      {"hinge", hinge, hinge_backward, [](double y, double t) { return std::max(0.0, 1 - t * y); },
       [](double y, double t) { return t * y < 1 ? -t : 0.0; }, "y"},
      {"binary_cross_entropy", binary_cross_entropy, binary_cross_entropy_backward,
       [](double p, double t) {
         return -t * std::log(std::max(p, kEps)) - (1 - t) * std::log(std::max(1 - p, kEps));
       },
       [](double p, double t) { return (1 - t) / std::max(1 - p, kEps) - t / std::max(p, kEps); },
       "p"},
  };
  return all;
}

// Predictions and targets that the loss takes: any numbers, signs, or probabilities.
struct Pair {
  Matrix y, t;
};
Pair pair_for(const Loss& f, int rows, int cols, Philox& rng) {
  Pair pair{random_matrix(rows, cols, rng), random_matrix(rows, cols, rng)};
  if (f.name == "hinge") {
    for (float& t : pair.t.values()) t = t > 0 ? 1.0F : -1.0F;
  } else if (f.name == "binary_cross_entropy") {
    for (float& p : pair.y.values()) p = 1 / (1 + std::exp(-p));
    for (float& t : pair.t.values()) t = std::min(1.0F, std::abs(t) / 2);  // soft ones, and 1
  }
  return pair;
}

double mean_in_double(const Loss& f, const Doubles& y, const Matrix& t) {
  double total = 0;
  for (std::size_t i = 0; i < y.size(); ++i) total += f.of_one(y[i], t.values()[i]);
  return total / static_cast<double>(y.size());
}

Doubles doubles(const Matrix& m) { return {m.values().begin(), m.values().end()}; }

// What the header promises is one rounding, at the end. Who computes an element in float, logarithm and
// all, and sums in double, is let through: log 4, 1 - p 1, products and the sum 3, and the end 1.
constexpr Bound kRoundings{.abs = 0, .rel = 9 * kUnitRoundoff32};

// The worked examples of README.md, "Losses on batches".
TEST(Losses, WorkedExample) {
  FencedMatrix of_mse(1, 2), of_mae(1, 2), of_hinge(1, 2), of_bce(1, 2), of_focal(1, 2);
  const Matrix y{{1, 4}}, t{{2, 1}}, signs{{1, -1}}, scores{{0.25F, 0.5F}};
  EXPECT_EQ(mse(y, t), 5);
  mse_backward(of_mse.view(), y, t);
  EXPECT_TRUE(of_mse.holds(Doubles{-1, 3}, Bound{}));
  EXPECT_EQ(mae(y, t), 2);
  mae_backward(of_mae.view(), y, t);
  EXPECT_TRUE(of_mae.holds(Doubles{-0.5, 0.5}, Bound{}));
  EXPECT_EQ(hinge(scores, signs), (0.75F + 1.5F) / 2);
  hinge_backward(of_hinge.view(), scores, signs);
  EXPECT_TRUE(of_hinge.holds(Doubles{-0.5, 0.5}, Bound{}));
  const Matrix p{{0.25F, 0.5F}}, yes_no{{1, 0}};
  EXPECT_TRUE(close_float(binary_cross_entropy(p, yes_no), 1.5 * std::log(2.0), kRoundings));
  binary_cross_entropy_backward(of_bce.view(), p, yes_no);
  EXPECT_TRUE(of_bce.holds(Doubles{-2, 1}, Bound{}));
  const std::vector<int> label{1};
  EXPECT_TRUE(
      close_float(focal_loss(Matrix{{0.5F, 0.5F}}, label), 0.25 * std::log(2.0), kRoundings));
  focal_loss_backward(of_focal.view(), Matrix{{0.5F, 0.5F}}, label);
  EXPECT_TRUE(of_focal.holds(Doubles{0, -std::log(2.0) - 0.5}, kRoundings));
}

TEST(Losses, MatchReference) {
  for (const Loss& f : losses()) {
    for (const std::string& name : {f.name, f.name + "_extreme"}) {
      const Matrix y = golden_matrix(name + "/" + f.input), t = golden_matrix(name + "/t");
      Matrix grad(y.rows(), y.cols());
      f.backward(grad, y, t);
      EXPECT_TRUE(matches_golden(f.loss(y, t), name + "/loss"));
      EXPECT_TRUE(matches_golden(grad, name + "/grad"));
    }
  }
}

TEST(Losses, AwkwardShapes) {
  Philox rng(1);
  for (const Loss& f : losses()) {
    for (const auto& [rows, cols] : awkward_extents()) {
      const auto [y, t] = pair_for(f, rows, cols, rng);
      EXPECT_TRUE(close_float(f.loss(Operand(y).view(), Operand(t).view()),
                              mean_in_double(f, doubles(y), t), kRoundings))
          << f.name;
      Doubles want;
      for (int i = 0; i < y.size(); ++i) {
        want.push_back(f.slope(y.values()[i], t.values()[i]) / y.size());
      }
      FencedMatrix grad(rows, cols);
      f.backward(grad.view(), Operand(y).view(), Operand(t).view());
      EXPECT_TRUE(grad.holds(want, kRoundings)) << f.name;
    }
  }
}

TEST(Losses, GradientIsTheMeasuredOne) {
  Philox rng(2);
  for (const Loss& f : losses()) {
    const Pair pair = pair_for(f, 3, 5, rng);
    Doubles want(15), moved = doubles(pair.y), allowed;
    numeric_gradient(want, moved, [&] { return mean_in_double(f, moved, pair.t); });
    // The largest third derivative is that of the logarithm, 2 / p^3 / 15, and no p is below 0.05.
    const Bound measured = numeric_gradient_bound(4, 20, 2 / std::pow(0.05, 3) / 15);
    for (const double value : want) allowed.push_back(measured.abs + kU * std::abs(value));
    FencedMatrix grad(3, 5);
    f.backward(grad.view(), pair.y, pair.t);
    EXPECT_TRUE(grad.holds(want, allowed)) << f.name;
  }
}

// focal_loss takes labels; its definition for one example of probability q.
double focal_of_one(double q) { return -(1 - q) * (1 - q) * std::log(std::max(q, kEps)); }
double focal_slope(double q) {
  const double clamped = std::max(q, kEps);
  return 2 * (1 - q) * std::log(clamped) - (1 - q) * (1 - q) / clamped;
}

Matrix random_probabilities(int rows, int cols, Philox& rng) {
  Matrix p = random_matrix(rows, cols, rng);
  for (float& value : p.values()) value = 1 / (1 + std::exp(-value));
  return p;
}

TEST(FocalLoss, MatchesReference) {
  for (const std::string name : {"focal_loss", "focal_loss_extreme"}) {
    const Matrix p = golden_matrix(name + "/p");
    const std::vector<int> t = golden_labels(name + "/t");
    Matrix grad(p.rows(), p.cols());
    focal_loss_backward(grad, p, t);
    EXPECT_TRUE(matches_golden(focal_loss(p, t), name + "/loss"));
    EXPECT_TRUE(matches_golden(grad, name + "/grad"));
  }
}

TEST(FocalLoss, AwkwardShapes) {
  Philox rng(3);
  for (const auto& [B, L] : awkward_extents()) {
    const Matrix p = random_probabilities(B, L, rng);
    std::vector<int> t;
    Doubles want(static_cast<std::size_t>(p.size()));
    double loss = 0;
    for (int b = 0; b < B; ++b) {
      t.push_back((3 * b + 1) % L);
      const double q = p(b, t[b]);
      loss += focal_of_one(q) / B;
      want[b * L + t[b]] = focal_slope(q) / B;
    }
    EXPECT_TRUE(close_float(focal_loss(Operand(p).view(), t), loss, kRoundings));
    FencedMatrix grad(B, L);
    focal_loss_backward(grad.view(), Operand(p).view(), t);
    EXPECT_TRUE(grad.holds(want, kRoundings));
  }
}

TEST(FocalLoss, GradientIsTheMeasuredOne) {
  Philox rng(4);
  const Matrix p = random_probabilities(3, 5, rng);
  const std::vector<int> t{4, 0, 2};
  Doubles want(15), moved = doubles(p), allowed;
  numeric_gradient(want, moved, [&] {
    double total = 0;
    for (int b = 0; b < 3; ++b) total += focal_of_one(moved[5 * b + t[b]]);
    return total / 3;
  });
  const Bound measured = numeric_gradient_bound(3, 10, 4 / std::pow(0.05, 3) / 3);
  for (const double value : want) allowed.push_back(measured.abs + kU * std::abs(value));
  FencedMatrix grad(3, 5);
  focal_loss_backward(grad.view(), p, t);
  EXPECT_TRUE(grad.holds(want, allowed));
}

// The worst one example can cost, and the clamp in the derivative, which calculus does not have.
TEST(Losses, AreFiniteForCertainAndWrong) {
  Matrix grad(1, 2);
  const Matrix p{{0, 1}}, t{{1, 0}};
  EXPECT_TRUE(close_float(binary_cross_entropy(p, t), 27.631021, Bound{.abs = 1e-5}));
  binary_cross_entropy_backward(grad, p, t);
  EXPECT_TRUE(close(grad, Matrix{{-5e11F, 5e11F}}, Bound{.rel = 2 * kU}));
  EXPECT_TRUE(close_float(focal_loss(p, std::vector<int>{0}), 27.631021, Bound{.abs = 1e-5}));
  focal_loss_backward(grad, p, std::vector<int>{0});
  EXPECT_TRUE(close(grad, Matrix{{-1e12F, 0}}, Bound{.rel = 2 * kU}));
}

// A float's sum of a million elements would lose its last digits.
TEST(Losses, TheMeanOfManyElementsKeepsItsDigits) {
  Philox rng(5);
  for (const Loss& f : losses()) {
    const auto [y, t] = pair_for(f, 1009, 997, rng);
    EXPECT_TRUE(close_float(f.loss(y, t), mean_in_double(f, doubles(y), t), kRoundings)) << f.name;
  }
}

TEST(Losses, LetNanThrough) {
  const float nan = std::nanf("");
  for (const Loss& f : losses()) {
    EXPECT_TRUE(std::isnan(f.loss(Matrix{{0.5F, nan}}, Matrix{{1, 1}}))) << f.name;
  }
  EXPECT_TRUE(std::isnan(focal_loss(Matrix{{0.5F, nan}}, std::vector<int>{1})));
}

TEST(Losses, MayWorkInPlace) {
  Philox rng(6);
  for (const Loss& f : losses()) {
    const auto [y, t] = pair_for(f, 5, 7, rng);
    Matrix grad(5, 7), over_y = y;
    f.backward(grad, y, t);
    f.backward(over_y, over_y, t);
    EXPECT_TRUE(identical(over_y, grad)) << f.name;
  }
  const Matrix p = random_probabilities(3, 5, rng);
  const std::vector<int> labels{4, 0, 2};
  Matrix grad(3, 5), over_p = p;
  focal_loss_backward(grad, p, labels);
  focal_loss_backward(over_p, over_p, labels);
  EXPECT_TRUE(identical(over_p, grad));
}

TEST(Losses, RefuseBadArguments) {
  Matrix grad(2, 3), other(3, 2), empty(0, 3);
  const Matrix half(2, 3, 0.5F), ones(2, 3, 1.0F);
  for (const Loss& f : losses()) {
    EXPECT_TRUE(refuses([&] { f.loss(half, other); }, {f.name, "(2, 3)", "(3, 2)"}));
    EXPECT_TRUE(refuses([&] { f.loss(empty, empty); }, {f.name, "(0, 3)", "mean"}));
    EXPECT_TRUE(refuses([&] { f.backward(other, half, ones); }, {f.name + "_backward", "(3, 2)"}));
    EXPECT_TRUE(refuses([&] { f.backward(empty, Matrix(0, 3), Matrix(0, 3)); },
                        {f.name + "_backward", "mean"}));
    Matrix target = ones;
    EXPECT_TRUE(
        refuses([&] { f.backward(target, half, target); }, {f.name + "_backward", "memory of t"}));
  }
  EXPECT_TRUE(refuses([&] { hinge(half, Matrix(2, 3)); }, {"hinge", "(0, 0) is 0", "1 or -1"}));
  EXPECT_TRUE(refuses([&] { hinge_backward(grad, half, half); }, {"hinge_backward", "1 or -1"}));
  Matrix above(2, 3, 0.5F);
  above(1, 2) = 1.5F;
  for (const std::string name : {"binary_cross_entropy", "focal_loss"}) {
    const auto refused = [&](bool backward, const std::vector<std::string>& parts) {
      return refuses(
          [&] {
            const std::vector<int> t{0, 1};
            if (name == "focal_loss") {
              backward ? focal_loss_backward(grad, above, t) : void(focal_loss(above, t));
            } else {
              backward ? binary_cross_entropy_backward(grad, above, ones)
                       : void(binary_cross_entropy(above, ones));
            }
          },
          parts);
    };
    EXPECT_TRUE(refused(false, {name, "p(1, 2) is 1.5", "[0, 1]"}));
    EXPECT_TRUE(refused(true, {name + "_backward", "p(1, 2) is 1.5", "[0, 1]"}));
  }
  EXPECT_TRUE(refuses([&] { binary_cross_entropy(half, above); }, {"t(1, 2) is 1.5"}));
  EXPECT_TRUE(refuses([&] { focal_loss(half, std::vector<int>{0, 3}); }, {"t[1] = 3", "[0, 3)"}));
  EXPECT_TRUE(refuses([&] { focal_loss(half, std::vector<int>{0}); }, {"1 against 2"}));
  EXPECT_TRUE(refuses(
      [&] {
        focal_loss_backward(grad, half, std::vector<int>{0, -1});
      },
      {"focal_loss_backward", "t[1] = -1"}));
}

}  // namespace
}  // namespace nn::cpu
