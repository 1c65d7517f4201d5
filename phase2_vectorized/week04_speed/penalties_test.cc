#include "phase2_vectorized/week04_speed/penalties.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr double kU = kUnitRoundoff32;
using Doubles = std::vector<double>;

// A penalty by its definition in double.
struct Penalty {
  std::string name;
  float (*penalty)(ConstMatrixView w, float lambda);
  void (*backward)(MatrixView grad_w, ConstMatrixView w, float lambda);
  double (*of_one)(double w);
  double (*slope)(double w);
};
const Penalty kBoth[] = {{"l1", l1_penalty, l1_backward, [](double w) { return std::abs(w); },
                          [](double w) { return w > 0   ? 1.0
                                                : w < 0 ? -1.0
                                                        : 0.0; }},
                         {"l2", l2_penalty, l2_backward, [](double w) { return w * w; },
                          [](double w) { return 2 * w; }}};

double in_double(const Penalty& p, const Doubles& w, double lambda) {
  double sum = 0;
  for (const double value : w) sum += p.of_one(value);
  return lambda * sum;
}

// The worked example of README.md, "Penalties on weights". The gradients add to what is there.
TEST(Penalties, WorkedExample) {
  const Matrix w{{1, -2}, {0, 4}};
  EXPECT_EQ(l1_penalty(w, 0.5F), 3.5F);
  EXPECT_EQ(l2_penalty(w, 0.5F), 10.5F);
  FencedMatrix of_l1(Matrix(2, 2, 10.0F)), of_l2(Matrix(2, 2, 10.0F));
  l1_backward(of_l1.view(), w, 0.5F);
  EXPECT_TRUE(of_l1.holds(Doubles{10.5, 9.5, 10, 10.5}, Bound{}));
  l2_backward(of_l2.view(), w, 0.5F);
  EXPECT_TRUE(of_l2.holds(Doubles{11, 8, 10, 14}, Bound{}));
}

TEST(Penalties, MatchReference) {
  for (const Penalty& p : kBoth) {
    for (const std::string& name : {p.name + "_penalty", p.name + "_penalty_extreme"}) {
      const Matrix w = golden_matrix(name + "/w");
      const auto lambda = static_cast<float>(golden_number(name + "/rate"));
      Matrix grad_w(w.rows(), w.cols());
      p.backward(grad_w, w, lambda);
      EXPECT_TRUE(matches_golden(p.penalty(w, lambda), name + "/penalty"));
      EXPECT_TRUE(matches_golden(grad_w, name + "/grad_w"));
    }
  }
}

// The sum is double's, so the penalty is rounded once; the gradient by its product and its sum.
TEST(Penalties, AwkwardShapes) {
  Philox rng(1);
  const float lambda = 0.01F;
  for (const auto& [rows, cols] : awkward_extents()) {
    const Matrix w = random_matrix(rows, cols, rng), before = random_matrix(rows, cols, rng);
    const Doubles values(w.values().begin(), w.values().end());
    for (const Penalty& p : kBoth) {
      EXPECT_TRUE(close_float(p.penalty(Operand(w).view(), lambda), in_double(p, values, lambda),
                              Bound{.rel = 1.01 * kU}))
          << p.name;
      Doubles want, allowed;
      for (int i = 0; i < w.size(); ++i) {
        const double old = before.values()[i], added = lambda * p.slope(values[i]);
        want.push_back(old + added);
        allowed.push_back(kU * (std::abs(old + added) + 2 * std::abs(added)));
      }
      FencedMatrix grad_w(before);
      p.backward(grad_w.view(), Operand(w).view(), lambda);
      EXPECT_TRUE(grad_w.holds(want, allowed)) << p.name;
    }
  }
}

TEST(Penalties, BackwardIsTheMeasuredGradient) {
  const Matrix w{{0.5F, -1, 2}, {0.25F, 3, -0.75F}};
  for (const Penalty& p : kBoth) {
    Doubles want(6), moved(w.values().begin(), w.values().end());
    numeric_gradient(want, moved, [&] { return in_double(p, moved, 0.5); });
    Matrix grad_w(2, 3);
    p.backward(grad_w, w, 0.5F);
    // Straight lines and parabolas: no third derivative. Six terms that add up to 16 at most.
    const Doubles got(grad_w.values().begin(), grad_w.values().end());
    EXPECT_TRUE(close(got, want, numeric_gradient_bound(8, 8, 0))) << p.name;
  }
}

// A million weights: a float's sum would have stopped growing at 2^24 times one of them.
TEST(Penalties, KeepTheDigitsOfLargeSums) {
  const Matrix w(1031, 19'997, 1.0F);
  EXPECT_TRUE(close_float(l1_penalty(w, 1), 1031 * 19'997.0, Bound{.rel = kU}));
  EXPECT_TRUE(close_float(l2_penalty(w, 1), 1031 * 19'997.0, Bound{.rel = kU}));
}

TEST(Penalties, OfNothingAreNothingAndNanIsNan) {
  Matrix none(0, 3);
  for (const Penalty& p : kBoth) {
    EXPECT_EQ(p.penalty(none, 1), 0);
    p.backward(none, Matrix(0, 3), 1);
    EXPECT_TRUE(std::isnan(p.penalty(Matrix{{1, std::nanf("")}}, 1))) << p.name;
    Matrix unchanged(2, 3, 7.0F);
    p.backward(unchanged, Matrix(2, 3, 5.0F), 0);
    EXPECT_TRUE(identical(unchanged, Matrix(2, 3, 7.0F))) << p.name;
  }
}

TEST(Penalties, RefuseBadArguments) {
  const Matrix w(2, 3);
  Matrix grad_w(3, 2), same(2, 3);
  for (const Penalty& p : kBoth) {
    for (const float lambda : {-1.0F, std::numeric_limits<float>::infinity(), std::nanf("")}) {
      EXPECT_TRUE(refuses([&] { p.penalty(w, lambda); }, {p.name + "_penalty", "lambda"}));
      EXPECT_TRUE(refuses([&] { p.backward(same, w, lambda); }, {p.name + "_backward", "lambda"}));
    }
    EXPECT_TRUE(refuses([&] { p.backward(grad_w, w, 1); }, {"(3, 2)", "(2, 3)"}));
    EXPECT_TRUE(refuses([&] { p.backward(same, same, 1); }, {"grad_w", "memory of w"}));
    EXPECT_TRUE(refuses([&] { p.penalty(transposed(w), 1); }, {p.name, "transposed"}));
  }
}

}  // namespace
}  // namespace nn::cpu
