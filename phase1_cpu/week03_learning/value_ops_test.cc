#include "phase1_cpu/week03_learning/value_ops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "common/compare_gtest.h"
#include "phase1_cpu/week03_learning/gradient_check.h"

namespace nn::basic {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::nan("");

double local_derivative(const Value& result) { return result.node()->edges.at(0).derivative; }

// The worked example of README.md, "Functions with curves". tanh(log 2) = (2 - 1/2) / (2 + 1/2).
// Each number is at most a few roundings away: log 2 itself, tanh, the square.
TEST(ValueOps, WorkedExample) {
  const std::vector<Value> results{pow(Value(3.0), 2),    exp(Value(0.0)),  log(Value(4.0)),
                                   tanh(log(Value(2.0))), relu(Value(5.0)), relu(Value(-5.0))};
  std::vector<double> data, derivatives;
  for (const Value& result : results) {
    data.push_back(result.data());
    derivatives.push_back(local_derivative(result));
  }
  const Bound bound{.abs = 0, .rel = 8 * kUnitRoundoff64};
  EXPECT_TRUE(close(data, std::vector{9.0, 1.0, std::log(4.0), 0.6, 5.0, 0.0}, bound))
      << "in order: pow exp log tanh relu relu";
  EXPECT_TRUE(close(derivatives, std::vector{6.0, 1.0, 0.25, 0.64, 1.0, 0.0}, bound))
      << "in order: pow exp log tanh relu relu";
}

TEST(ValueOps, RemembersOperationAndOperand) {
  const Value x(2.0);
  EXPECT_EQ(pow(x, 3).node()->operation, "pow 3");
  EXPECT_EQ(pow(x, -0.5).node()->operation, "pow -0.5");
  EXPECT_EQ(exp(x).node()->operation, "exp");
  EXPECT_EQ(log(x).node()->operation, "log");
  EXPECT_EQ(tanh(x).node()->operation, "tanh");
  EXPECT_EQ(relu(x).node()->operation, "relu");
  for (const Value& y : {pow(x, 3), exp(x), log(x), tanh(x), relu(x)}) {
    ASSERT_EQ(y.node()->edges.size(), 1u) << y.node()->operation;
    EXPECT_EQ(y.node()->edges[0].operand, x.node()) << y.node()->operation;
  }
}

TEST(ValueOps, DerivativesMatchCentralDifferences) {
  struct Function {
    const char* text;
    std::function<Value(const Value&)> apply;
    std::vector<double> points;
  };
  const std::vector<Function> functions{
      {"x^2", [](const Value& x) { return pow(x, 2); }, {-1.5, 0.0, 0.75}},
      {"x^3", [](const Value& x) { return pow(x, 3); }, {-1.5, 0.5, 2.0}},
      {"x^-1", [](const Value& x) { return pow(x, -1); }, {-0.5, 0.25, 4.0}},
      {"x^0.5", [](const Value& x) { return pow(x, 0.5); }, {0.25, 1.0, 9.0}},
      {"x^-2.5", [](const Value& x) { return pow(x, -2.5); }, {0.5, 1.25, 3.0}},
      {"exp", exp, {-3.0, -0.5, 0.0, 2.5}},
      {"log", log, {0.125, 0.5, 1.0, 20.0}},
      {"tanh", tanh, {-2.0, -0.75, 0.0, 1.25}},
      {"relu", relu, {-2.0, -0.25, 0.25, 3.0}},
  };
  for (const Function& function : functions) {
    const auto data = [&](const Matrix& m) { return function.apply(m(0, 0)).data(); };
    for (const double x : function.points) {
      const double got = local_derivative(function.apply(x));
      const GradientCheck check = check_gradient(data, Matrix(1, 1, x), Matrix(1, 1, got));
      EXPECT_TRUE(check.ok()) << function.text << " at " << x << ": " << check.report();
    }
  }
}

TEST(ValueOps, ReluIsALineOnEachSide) {
  for (const double x : {0.25, 3.0}) {
    EXPECT_EQ(relu(Value(x)).data(), x);
    EXPECT_EQ(local_derivative(relu(Value(x))), 1.0);
    EXPECT_EQ(relu(Value(-x)).data(), 0.0);
    EXPECT_EQ(local_derivative(relu(Value(-x))), 0.0);
  }
  EXPECT_EQ(relu(Value(0.0)).data(), 0.0);
  EXPECT_EQ(local_derivative(relu(Value(0.0))), 0.0) << "by definition: docs/notation.md";
}

TEST(ValueOps, PowAtZero) {
  const Value zero(0.0);
  EXPECT_EQ(local_derivative(pow(zero, 2)), 0.0);
  EXPECT_EQ(local_derivative(pow(zero, 1)), 1.0);
  EXPECT_EQ(pow(zero, 0).data(), 1.0);
  EXPECT_EQ(local_derivative(pow(zero, 0)), 0.0) << "x^0 is constant: 0 * 0^-1 would be NaN";
  EXPECT_EQ(local_derivative(pow(zero, 0.5)), kInfinity);
  EXPECT_EQ(pow(zero, -1).data(), kInfinity);
  EXPECT_EQ(local_derivative(pow(zero, -1)), -kInfinity);
}

TEST(ValueOps, OutsideTheDomainIsIeee) {
  EXPECT_EQ(log(Value(0.0)).data(), -kInfinity);
  EXPECT_EQ(local_derivative(log(Value(0.0))), kInfinity);
  EXPECT_TRUE(std::isnan(log(Value(-1.0)).data()));
  EXPECT_TRUE(std::isnan(pow(Value(-2.0), 0.5).data()));
  EXPECT_TRUE(std::isnan(local_derivative(pow(Value(-2.0), 0.5))));
  EXPECT_EQ(exp(Value(1000.0)).data(), kInfinity);
  EXPECT_EQ(exp(Value(-1000.0)).data(), 0.0);
  EXPECT_EQ(tanh(Value(kInfinity)).data(), 1.0);
  EXPECT_EQ(local_derivative(tanh(Value(-kInfinity))), 0.0);
}

TEST(ValueOps, NanStaysNan) {
  const Value nan(kNan);
  for (const Value& y : {pow(nan, 2), exp(nan), log(nan), tanh(nan), relu(nan)}) {
    EXPECT_TRUE(std::isnan(y.data())) << y.node()->operation;
  }
  EXPECT_EQ(pow(nan, 0).data(), 1.0);
}

}  // namespace
}  // namespace nn::basic
