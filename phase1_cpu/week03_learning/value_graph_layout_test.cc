#include "phase1_cpu/week03_learning/value_graph_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/check.h"
#include "common/compare_gtest.h"
#include "common/rng.h"
#include "phase1_cpu/week03_learning/value_ops.h"

namespace nn::basic {
namespace {

// Two layers of places, 0 .. left-1 and left .. left+right-1, joined by `pieces`.
Layering two_layers(int left, int right, const std::vector<GraphLine>& pieces) {
  Layering layering;
  layering.layers.resize(2);
  for (int place = 0; place < left + right; ++place) {
    layering.layer_of.push_back(place < left ? 0 : 1);
    layering.layers[place < left ? 0 : 1].push_back(place);
  }
  layering.pieces = pieces;
  return layering;
}

// The worked example of README.md, "A layout in layers": items x w + s * p * y.
TEST(ValueGraphLayout, WorkedExampleLayers) {
  const Value x(3.0, "x"), w(-1.0, "w");
  const Value s = x + w, p = x * w;
  const Value y = s * p;
  EXPECT_TRUE(identical(longest_path_layers(value_graph(y)), std::vector{0, 0, 1, 2, 1, 2, 3, 4}));
}

TEST(ValueGraphLayout, ALeafStandsBeforeWhatUsesIt) {
  // c is used by the last operation only, a by the first and the last.
  const Value a(1.0, "a"), b(2.0, "b"), c(3.0, "c");
  const Value y = (a * b + c) * a;
  // Items:                                                      a  b  *  ab c  +  sum * y
  EXPECT_TRUE(
      identical(longest_path_layers(value_graph(y)), std::vector{0, 0, 1, 2, 2, 3, 4, 5, 6}));
}

// Of two ways to the root the longer one counts, whichever was drawn first.
TEST(ValueGraphLayout, TheLongestPathCounts) {
  const Value a(1.0, "a");
  const Value long_last = exp(a) + exp(exp(a)), long_first = exp(exp(a)) + exp(a);
  // Items:                                                      a exp . exp . exp . + y
  EXPECT_TRUE(identical(longest_path_layers(value_graph(long_last)),
                        std::vector{0, 3, 4, 1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(identical(longest_path_layers(value_graph(long_first)),
                        std::vector{0, 1, 2, 3, 4, 3, 4, 5, 6}));
}

TEST(ValueGraphLayout, LongLinesAreCutIntoPieces) {
  const Value a(1.0);
  const Value y = exp(exp(a)) + a;  // items a, exp, e, exp, ee, +, y
  const ValueGraph graph = value_graph(y);
  const Layering layering = cut_into_layers(graph);
  EXPECT_EQ(layering.layer_of.size(), graph.items.size() + 4) << "a bend in each of layers 1 to 4";
  for (const auto& [from, to] : layering.pieces) {
    EXPECT_EQ(layering.layer_of[to], layering.layer_of[from] + 1);
  }
  ASSERT_EQ(layering.routes.size(), graph.lines.size());
  for (std::size_t i = 0; i < graph.lines.size(); ++i) {
    EXPECT_EQ(layering.routes[i].front(), graph.lines[i].from);
    EXPECT_EQ(layering.routes[i].back(), graph.lines[i].to);
  }
  std::size_t placed = 0;
  for (const std::vector<int>& layer : layering.layers) placed += layer.size();
  EXPECT_EQ(placed, layering.layer_of.size());
}

// Places 0 1 2 on the left, 3 4 5 on the right.
TEST(ValueGraphLayout, CountsCrossings) {
  EXPECT_EQ(count_crossings(two_layers(3, 3, {{0, 3}, {1, 4}, {2, 5}})), 0);
  EXPECT_EQ(count_crossings(two_layers(3, 3, {{0, 4}, {1, 3}})), 1);
  EXPECT_EQ(count_crossings(two_layers(3, 3, {{0, 5}, {1, 4}, {2, 3}})), 3);
  EXPECT_EQ(count_crossings(two_layers(3, 3, {{0, 3}, {0, 5}, {1, 5}})), 0) << "shared ends";
  EXPECT_EQ(count_crossings(two_layers(3, 3, {{1, 5}, {0, 5}, {0, 3}})), 0) << "the same, reversed";
  EXPECT_EQ(count_crossings(two_layers(3, 3, {{0, 4}, {0, 4}, {1, 3}})), 2) << "a double line";
}

// Going down in one layer and up in the next.
TEST(ValueGraphLayout, PiecesOfDifferentLayersDoNotCross) {
  Layering layering = two_layers(2, 2, {{0, 3}});
  layering.layers.push_back({4, 5});
  layering.layer_of.insert(layering.layer_of.end(), {2, 2});
  layering.pieces.push_back({3, 4});
  EXPECT_EQ(count_crossings(layering), 0);
}

// The worked example of README.md, "A layout in layers".
TEST(ValueGraphLayout, WorkedExampleBarycentres) {
  const Layering layering =
      two_layers(3, 4, {{0, 4}, {1, 4}, {2, 3}, {2, 4}, {0, 6}, {0, 6}, {1, 6}});
  const std::vector<double> position{0, 1, 2, 0, 1, 2, 3};
  EXPECT_TRUE(close(barycentres(layering, position, 1, 0), std::vector{2.0, 1.0, 2.0, 1.0 / 3},
                    Bound{.rel = kUnitRoundoff64}));
  EXPECT_TRUE(close(barycentres(layering, position, 0, 1), std::vector{7.0 / 3, 2.0, 0.5},
                    Bound{.rel = kUnitRoundoff64}));
}

TEST(ValueGraphLayout, BarycentresTakeHeightsToo) {
  const Layering layering = two_layers(2, 3, {{0, 2}, {1, 2}, {1, 4}});
  EXPECT_TRUE(identical(barycentres(layering, {-10.0, 30.0, 1.0, 2.0, 3.0}, 1, 0),
                        std::vector{10.0, 2.0, 30.0}));
}

TEST(ValueGraphLayout, UntanglesWhatCanBe) {
  Layering reversed = two_layers(4, 4, {{0, 7}, {1, 6}, {2, 5}, {3, 4}});
  EXPECT_EQ(count_crossings(reversed), 6);
  reduce_crossings(reversed);
  EXPECT_EQ(count_crossings(reversed), 0);
  Layering complete = two_layers(2, 2, {{0, 2}, {0, 3}, {1, 2}, {1, 3}});
  reduce_crossings(complete);
  EXPECT_EQ(count_crossings(complete), 1) << "two by two, all joined: one crossing is the least";
}

TEST(ValueGraphLayout, NeverMakesMoreCrossingsAndLosesNoPlace) {
  Philox rng(7);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<Value> values{0.5, -0.25, 0.75};
    for (int i = 0; i < 25; ++i) {
      const auto pick = [&] { return values[rng.next_u32() % values.size()]; };
      const Value left = pick(), right = pick();
      values.push_back(i % 3 == 0 ? tanh(left) : left * right);
    }
    Value root = values.back();
    for (const Value& value : values) root += value;
    const Layering before = cut_into_layers(value_graph(root));
    Layering after = before;
    reduce_crossings(after);
    EXPECT_LE(count_crossings(after), count_crossings(before));
    for (std::size_t l = 0; l < before.layers.size(); ++l) {
      EXPECT_TRUE(std::is_permutation(before.layers[l].begin(), before.layers[l].end(),
                                      after.layers[l].begin(), after.layers[l].end()));
    }
  }
}

TEST(ValueGraphLayout, SpreadsApart) {
  // Far enough apart already: nothing moves.
  EXPECT_TRUE(identical(spread_apart({0, 10, 25}, {10, 10}), std::vector<double>{0, 10, 25}));
  // Both want 5: they share the way equally.
  EXPECT_TRUE(identical(spread_apart({5, 5}, {4}), std::vector<double>{3, 7}));
  // In the wrong order, and a third that is pushed along.
  EXPECT_TRUE(identical(spread_apart({6, 0, 4}, {2, 3}), std::vector<double>{1, 3, 6}));
  EXPECT_TRUE(identical(spread_apart({4}, {}), std::vector<double>{4}));
  EXPECT_THROW(spread_apart({1, 2}, {}), Error);
}

// The conditions that single out the least squares under gaps (Karush, Kuhn and Tucker): going down,
// what was wanted minus what was given never sums to less than 0, and sums to 0 wherever a gap has
// room to spare, as at the end.
TEST(ValueGraphLayout, SpreadIsTheClosestThatHoldsTheGaps) {
  Philox rng(11);
  for (const int n : {1, 2, 7, 33}) {
    std::vector<double> wanted(n), gaps(n - 1);
    fill_normal(wanted, 0.0, 10.0, rng);
    fill_uniform(gaps, 0.5, 2.0, rng);
    const std::vector<double> got = spread_apart(wanted, gaps);
    double size = 0;
    for (int i = 0; i < n; ++i) size += std::abs(got[i]) + std::abs(wanted[i]);
    const double rounding = gamma_bound(4 * n) * size;  // a mean, its offset, two sums
    double pressure = 0;
    for (int i = 0; i < n; ++i) {
      pressure += wanted[i] - got[i];
      EXPECT_GE(pressure, -rounding) << "n=" << n << " i=" << i;
      const double room = i + 1 < n ? got[i + 1] - got[i] - gaps[i] : 1.0;
      EXPECT_GE(room, -rounding) << "n=" << n << " i=" << i;
      EXPECT_TRUE(room <= rounding || pressure <= rounding) << "n=" << n << " i=" << i;
    }
  }
}

}  // namespace
}  // namespace nn::basic
