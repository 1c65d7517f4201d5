#include "phase1_cpu/week03_learning/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/compare_gtest.h"
#include "phase1_cpu/week03_learning/gradient_check.h"
#include "phase1_cpu/week03_learning/value_testing.h"

namespace nn::basic {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The derivatives on a result's edges, left operand first.
std::vector<double> local_derivatives(const Value& result) {
  std::vector<double> derivatives;
  for (const ValueEdge& edge : result.node()->edges) derivatives.push_back(edge.derivative);
  return derivatives;
}

// The worked example of README.md, "A number that remembers".
TEST(Value, WorkedExample) {
  const Value x(3.0, "x"), w(-1.0, "w");
  const Value s = x + w;
  const Value p = x * w;
  const Value y = s * p;
  EXPECT_EQ(s.data(), 2.0);
  EXPECT_EQ(p.data(), -3.0);
  EXPECT_EQ(y.data(), -6.0);
  EXPECT_TRUE(identical(local_derivatives(s), std::vector{1.0, 1.0}));
  EXPECT_TRUE(identical(local_derivatives(p), std::vector{-1.0, 3.0}));
  EXPECT_TRUE(identical(local_derivatives(y), std::vector{-3.0, 2.0}));
}

// Powers of two, so that every number is exact.
TEST(Value, QuotientWorkedExample) {
  const Value q = Value(6.0) / Value(4.0);
  EXPECT_EQ(q.data(), 1.5);
  EXPECT_TRUE(identical(local_derivatives(q), std::vector{0.25, -0.375}));
}

TEST(Value, ResultsAreThoseOfDoubles) {
  for (const auto& [a, b] : {std::pair{0.3, -1.7}, {-2.5, 0.1}, {1e9, 3e-7}}) {
    const Value va(a), vb(b);
    const std::vector<double> got{(va + vb).data(), (va - vb).data(), (va * vb).data(),
                                  (va / vb).data(), (-va).data()};
    EXPECT_TRUE(identical(got, std::vector{a + b, a - b, a * b, a / b, -a}))
        << "a=" << a << " b=" << b << "; in order: + - * / and unary minus";
  }
}

TEST(Value, LocalDerivativesMatchCentralDifferences) {
  struct Operator {
    const char* text;
    Value (*apply)(const Value& a, const Value& b);
  };
  const std::vector<Operator> operators{
      {"a + b", [](const Value& a, const Value& b) { return a + b; }},
      {"a - b", [](const Value& a, const Value& b) { return a - b; }},
      {"a * b", [](const Value& a, const Value& b) { return a * b; }},
      {"a / b", [](const Value& a, const Value& b) { return a / b; }}};
  for (const Operator& op : operators) {
    const auto data = [&](const Matrix& m) { return op.apply(m(0, 0), m(0, 1)).data(); };
    for (const Matrix& at : {Matrix{{0.5, -1.75}}, Matrix{{-2.5, 0.25}}, Matrix{{3.0, 7.0}}}) {
      const std::vector<double> got = local_derivatives(op.apply(at(0, 0), at(0, 1)));
      const GradientCheck check = check_gradient(data, at, Matrix{{got.at(0), got.at(1)}});
      EXPECT_TRUE(check.ok()) << op.text << " at a=" << at(0, 0) << ", b=" << at(0, 1) << ": "
                              << check.report();
    }
  }
  EXPECT_TRUE(identical(local_derivatives(-Value(3.0)), std::vector{-1.0}));
}

TEST(Value, DoublesStandOnEitherSide) {
  const Value a(4.0);
  EXPECT_EQ((a + 1.0).data(), 5.0);
  EXPECT_EQ((1.0 + a).data(), 5.0);
  EXPECT_EQ((a - 1.0).data(), 3.0);
  EXPECT_EQ((1.0 - a).data(), -3.0);
  EXPECT_EQ((a * 2).data(), 8.0);
  EXPECT_EQ((2 * a).data(), 8.0);
  EXPECT_EQ((a / 2.0).data(), 2.0);
  EXPECT_EQ((2.0 / a).data(), 0.5);
}

TEST(Value, RemembersOperationAndOperandsInOrder) {
  const Value a(2.0), b(3.0);
  const std::vector<std::pair<std::string, Value>> results{
      {"+", a + b}, {"-", a - b}, {"*", a * b}, {"/", a / b}};
  for (const auto& [operation, result] : results) {
    EXPECT_EQ(result.node()->operation, operation);
    ASSERT_EQ(result.node()->edges.size(), 2u) << operation;
    // Not EXPECT_EQ, which would print the bytes of both nodes.
    EXPECT_TRUE(result.node()->edges[0].operand == a.node())
        << "edge 0 of a " << operation << " b does not lead to a";
    EXPECT_TRUE(result.node()->edges[1].operand == b.node())
        << "edge 1 of a " << operation << " b does not lead to b";
  }
  EXPECT_EQ((-a).node()->operation, "neg");
  EXPECT_TRUE(a.node()->is_leaf());
  EXPECT_EQ(a.node()->operation, "");
}

TEST(Value, SquareHasTwoEdgesToOneNode) {
  const Value a(5.0);
  const Value square = a * a;
  ASSERT_EQ(square.node()->edges.size(), 2u);
  EXPECT_EQ(square.node()->edges[0].operand, square.node()->edges[1].operand);
  EXPECT_TRUE(identical(local_derivatives(square), std::vector{5.0, 5.0}));
}

TEST(Value, CompoundAssignmentRebindsTheHandle) {
  Value a(6.0, "a");
  const Value before = a;
  const Value b(2.0, "b");
  a += b;
  EXPECT_EQ(a.data(), 8.0);
  EXPECT_EQ(before.data(), 6.0) << "the old node must not change: others were computed from it";
  EXPECT_EQ(a.node()->edges[0].operand, before.node());
  a -= b;
  EXPECT_EQ(a.data(), 6.0);
  a *= b;
  EXPECT_EQ(a.data(), 12.0);
  a /= b;
  EXPECT_EQ(a.data(), 6.0);
  EXPECT_EQ(a.node()->operation, "/");
}

// `same` is the same handle by another name: compilers warn of a -= a.
TEST(Value, CompoundAssignmentWithItself) {
  Value a(3.0);
  const Value& same = a;
  const Value before = a;
  a += same;
  EXPECT_EQ(a.data(), 6.0);
  EXPECT_EQ(a.node()->edges[0].operand, before.node());
  EXPECT_EQ(a.node()->edges[1].operand, before.node());
  a *= same;
  EXPECT_EQ(a.data(), 36.0);
  a /= same;
  EXPECT_EQ(a.data(), 1.0);
  a -= same;
  EXPECT_EQ(a.data(), 0.0);
}

TEST(Value, MovedFromHandleKeepsItsNode) {
  Value a(7.0, "a");
  Value b = std::move(a);
  EXPECT_EQ(a.data(), 7.0);  // NOLINT(bugprone-use-after-move): what the contract promises
  EXPECT_EQ(a.node(), b.node());
  b = std::move(a);
  EXPECT_EQ(a.data() + b.data(), 14.0);  // NOLINT(bugprone-use-after-move)
}

TEST(Value, OnlyALeafCanBeSet) {
  Value a(1.0, "a");
  Value b = a * 3.0;
  b.set_label("b");
  a.set_data(2.0);
  EXPECT_EQ(a.data(), 2.0);
  EXPECT_EQ(b.data(), 3.0) << "a result keeps the data it was computed with";
  EXPECT_TRUE(identical(local_derivatives(b), std::vector{3.0, 1.0}));
  try {
    b.set_data(5.0);
    FAIL() << "set_data of a result must throw";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'b' is the result of '*'"), std::string::npos)
        << error.what();
  }
  EXPECT_EQ(b.data(), 3.0);
}

TEST(Value, ArithmeticIsIeee) {
  const Value zero(0.0), one(1.0);
  EXPECT_EQ((one / zero).data(), kInfinity);
  EXPECT_EQ((-one / zero).data(), -kInfinity);
  EXPECT_EQ((one / zero).node()->edges[0].derivative, kInfinity);
  EXPECT_EQ((one / zero).node()->edges[1].derivative, -kInfinity);
  EXPECT_TRUE(std::isnan((zero / zero).data()));
  EXPECT_TRUE(std::isnan((zero * Value(kInfinity)).data()));
  EXPECT_TRUE(std::isnan((Value(std::nan("")) + one).data()));
}

// A chain whose nodes nobody else holds, then one where each node is held twice by its result.
TEST(Value, FreesLongChainsWithoutRecursion) {
  const auto make_and_free = [] {
    {
      Value x(1.0);
      for (int i = 0; i < kLongChain; ++i) x = -x;
    }
    {
      Value x(0.0);
      for (int i = 0; i < kLongChain; ++i) x = x + x;
    }
    return true;
  };
  EXPECT_EXIT(run_on_small_stack(make_and_free), testing::ExitedWithCode(0), "");
}

TEST(Value, ANodeLivesAsLongAsAHandleOrAResult) {
  std::weak_ptr<ValueNode> leaf, middle, top;
  {
    Value kept(0.0);
    {
      const Value a(1.0);
      const Value b = a + 1.0;
      const Value c = b * b;
      leaf = a.node();
      middle = b.node();
      top = c.node();
      kept = b;
    }
    EXPECT_TRUE(top.expired());
    EXPECT_FALSE(middle.expired());
    EXPECT_FALSE(leaf.expired());
    EXPECT_EQ(kept.data(), 2.0);
    EXPECT_EQ(kept.node()->edges[0].operand->data, 1.0);
  }
  EXPECT_TRUE(middle.expired());
  EXPECT_TRUE(leaf.expired());
}

}  // namespace
}  // namespace nn::basic
