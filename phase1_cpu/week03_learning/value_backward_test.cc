#include "phase1_cpu/week03_learning/value_backward.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "phase1_cpu/testing.h"
#include "phase1_cpu/week03_learning/gradient_check.h"
#include "phase1_cpu/week03_learning/value_ops.h"
#include "phase1_cpu/week03_learning/value_testing.h"

namespace nn::basic {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Does each node stand after all it was computed from, and none twice?
testing::AssertionResult operands_come_first(const std::vector<ValueNode*>& order) {
  const auto place = [&](const ValueNode* node) {
    return std::distance(order.begin(), std::find(order.begin(), order.end(), node));
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (place(order[i]) != static_cast<std::ptrdiff_t>(i)) {
      return testing::AssertionFailure() << "places " << place(order[i]) << " and " << i
                                         << " hold the same node; each comes once";
    }
    for (const ValueEdge& edge : order[i]->edges) {
      if (place(edge.operand.get()) >= static_cast<std::ptrdiff_t>(i)) {
        return testing::AssertionFailure()
               << "the result of '" << order[i]->operation << "' at place " << i
               << " stands before one of its operands";
      }
    }
  }
  return testing::AssertionSuccess();
}

// x + x, again and again: `levels` nodes above x, and 2^levels paths down to it.
Value doubled(Value x, int levels) {
  for (int i = 0; i < levels; ++i) x = x + x;
  return x;
}

// The worked example of README.md, "Backward through the graph".
TEST(ValueBackward, WorkedExampleOrder) {
  const Value x(3.0, "x"), w(-1.0, "w");
  const Value s = x + w;
  const Value p = x * w;
  const Value y = s * p;
  const std::vector<ValueNode*> order = topological_order(y);
  EXPECT_EQ(order.size(), 5u) << "x, w, s, p and y, each once";
  EXPECT_TRUE(operands_come_first(order));
  ASSERT_FALSE(order.empty());
  EXPECT_EQ(order.back(), y.node().get());
}

// The worked example of README.md, "Backward through the graph": y = (x + w)(x w) = x^2 w + x w^2, so
// dy/dx = 2xw + w^2 = -5 and dy/dw = x^2 + 2xw = 3.
TEST(ValueBackward, WorkedExampleGradients) {
  const Value x(3.0, "x"), w(-1.0, "w");
  const Value s = x + w;
  const Value p = x * w;
  const Value y = s * p;
  backward(y);
  const std::vector<double> got{y.grad(), s.grad(), p.grad(), x.grad(), w.grad()};
  EXPECT_TRUE(identical(got, std::vector{1.0, -3.0, 2.0, -5.0, 3.0})) << "in order: y s p x w";
}

TEST(ValueBackward, OrderOfAGraphWithAShortcut) {
  // a reaches the root by one edge and by three: only the longer way tells when a is done.
  const Value a(2.0);
  const Value b = exp(a);
  const Value c = -b;
  for (const Value& root : {a * c, c * a}) {
    const std::vector<ValueNode*> order = topological_order(root);
    EXPECT_EQ(order.size(), 4u);
    EXPECT_TRUE(operands_come_first(order));
  }
}

TEST(ValueBackward, DiamondAddsBothSides) {
  // y = exp(x) - x^2 through one shared x: dy/dx = e^x - 2x.
  const Value x(0.5);
  const Value y = exp(x) - pow(x, 2);
  backward(y);
  EXPECT_TRUE(identical(x.grad(), std::exp(0.5) - 1.0));
}

TEST(ValueBackward, SharedResultIsDoneBeforeItsOperands) {
  // t is used by two results of different depth; whoever passes t's gradient on before both have
  // added theirs gets x wrong. y = t + exp(-t), t = x^2: dy/dx = (1 - exp(-t)) 2x.
  const Value x(0.5);
  const Value t = x * x;
  const Value deep = exp(-t);
  for (const Value& y : {t + deep, deep + t}) {
    Value leaf = x;
    leaf.zero_grad();
    backward(y);
    // Four roundings on each of the two ways, each at most u of a number below 2.
    EXPECT_TRUE(close(std::vector{x.grad()}, std::vector{1.0 - std::exp(-0.25)},
                      Bound{.abs = 16 * kUnitRoundoff64}));
  }
}

// Every operation, shared results and compound assignment, against central differences. The checker
// leaves room for rounding and knows a kink, where relu's corner is closer than its step.
TEST(ValueBackward, ExpressionsMatchCentralDifferences) {
  struct Expression {
    const char* text;
    Value (*of)(const Value& a, const Value& b, const Value& c);
  };
  const std::vector<Expression> expressions{
      {"tanh(a b + c) / (1 + exp(-a))",
       [](const Value& a, const Value& b, const Value& c) {
         return tanh(a * b + c) / (1.0 + exp(-a));
       }},
      {"log(a^2 + b b) - a c b", [](const Value& a, const Value& b,
                                    const Value& c) { return log(pow(a, 2) + b * b) - a * c * b; }},
      {"s = relu(a - b); s += s c; (s + a)^3 / (2 - tanh s)",
       [](const Value& a, const Value& b, const Value& c) {
         Value s = relu(a - b);
         s += s * c;
         return pow(s + a, 3) / (2.0 - tanh(s));
       }},
  };
  for (const Expression& expression : expressions) {
    for (const Matrix& at :
         {Matrix{{0.75, -1.25, 0.5}}, Matrix{{-0.5, -2.0, 1.5}}, Matrix{{1.25, 0.5, -0.25}}}) {
      const Value a(at(0, 0)), b(at(0, 1)), c(at(0, 2));
      backward(expression.of(a, b, c));
      const auto f = [&](const Matrix& m) {
        return expression.of(m(0, 0), m(0, 1), m(0, 2)).data();
      };
      const GradientCheck check = check_gradient(f, at, Matrix{{a.grad(), b.grad(), c.grad()}});
      EXPECT_TRUE(check.ok()) << expression.text << " at " << at(0, 0) << ", " << at(0, 1) << ", "
                              << at(0, 2) << ": " << check.report();
      EXPECT_EQ(check.kinks, 0);
    }
  }
}

// The reference's expression, which uses every operation once and `a` twice.
TEST(ValueBackward, MatchesReference) {
  const auto input = [](const std::string& name) {
    return Value(golden_matrix("value_expression/" + name)(0, 0), name);
  };
  const Value a = input("a"), b = input("b"), c = input("c"), d = input("d"), e = input("e"),
              f = input("f"), g = input("g");
  const Value value = tanh(a * b + c) * relu(d) + exp(e) / f - log(g) * pow(a, 3);
  backward(value);
  EXPECT_TRUE(matches_golden(value.data(), "value_expression/value"));
  for (const Value& leaf : {a, b, c, d, e, f, g}) {
    EXPECT_TRUE(matches_golden(leaf.grad(), "value_expression/grad_" + leaf.label()));
  }
}

TEST(ValueBackward, SecondCallDoublesLeavesAndOnlyLeaves) {
  const Value x(3.0), w(-1.0);
  const Value s = x + w;
  const Value y = s * (x * w);
  backward(y);
  backward(y);
  EXPECT_TRUE(identical(x.grad(), -10.0));
  EXPECT_TRUE(identical(w.grad(), 6.0));
  EXPECT_TRUE(identical(s.grad(), -3.0)) << "a result's gradient is overwritten";
  EXPECT_TRUE(identical(y.grad(), 1.0));
}

TEST(ValueBackward, TwoRootsLeaveTheGradientOfTheirSum) {
  const Value x(2.0);
  const Value t = x * x;
  backward(3.0 * t);
  backward(5.0 * t);
  EXPECT_TRUE(identical(x.grad(), 3.0 * 4.0 + 5.0 * 4.0));
  EXPECT_TRUE(identical(t.grad(), 5.0)) << "a result holds the gradient of the latest root";
}

TEST(ValueBackward, ZeroGradStartsAfresh) {
  Value x(2.0);
  const Value y = x * x;
  backward(y);
  x.zero_grad();
  EXPECT_TRUE(identical(x.grad(), 0.0));
  backward(y);
  EXPECT_TRUE(identical(x.grad(), 4.0));
}

TEST(ValueBackward, RootThatIsALeaf) {
  const Value x(2.0);
  backward(x);
  EXPECT_TRUE(identical(x.grad(), 1.0));
  backward(x);
  EXPECT_TRUE(identical(x.grad(), 2.0)) << "a leaf accumulates, even as the root";
}

TEST(ValueBackward, FromAnInnerNodeLeavesTheRestAlone) {
  const Value x(2.0), w(5.0);
  const Value t = x * x;
  const Value y = t * w;
  backward(t);
  EXPECT_TRUE(identical(x.grad(), 4.0));
  EXPECT_TRUE(identical(w.grad(), 0.0));
  EXPECT_TRUE(identical(y.grad(), 0.0));
}

TEST(ValueBackward, NanAndInfinityReachTheLeaves) {
  const Value zero(0.0), one(1.0);
  backward(log(zero) + one);
  EXPECT_TRUE(identical(zero.grad(), kInfinity));
  EXPECT_TRUE(identical(one.grad(), 1.0)) << "what does not depend on the infinity stays finite";
  const Value x(0.0);
  backward(0.0 * log(x));
  EXPECT_TRUE(std::isnan(x.grad())) << "0 * inf, as IEEE has it";
  const Value nan(std::nan(""));
  backward(tanh(nan));
  EXPECT_TRUE(std::isnan(nan.grad()));
}

// Visited once, 10 levels are 11 nodes; visited once for each path they are 2047. ASSERT, since
// 60 levels by paths would take years.
TEST(ValueBackward, EachNodeIsVisitedOnceHoweverManyPathsLeadToIt) {
  const Value small(1.0);
  ASSERT_EQ(topological_order(doubled(small, 10)).size(), 11u);
  const Value x(1.0);
  const Value y = doubled(x, 60);
  EXPECT_EQ(topological_order(y).size(), 61u);
  backward(y);
  EXPECT_TRUE(identical(x.grad(), 0x1p60));
}

TEST(ValueBackward, WalksLongChainsWithoutRecursion) {
  const auto walk = [] {
    const Value leaf(1.0);
    Value x = leaf;
    for (int i = 0; i < kLongChain; ++i) x = -x;
    backward(x);
    return leaf.grad() == 1.0;
  };
  EXPECT_EXIT(run_on_small_stack(walk), testing::ExitedWithCode(0), "")
      << "looks like a recursion: one stack frame for each level of the graph";
}

}  // namespace
}  // namespace nn::basic
