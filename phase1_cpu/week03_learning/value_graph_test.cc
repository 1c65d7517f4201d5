#include "phase1_cpu/week03_learning/value_graph.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "phase1_cpu/week03_learning/value_backward.h"
#include "phase1_cpu/week03_learning/value_ops.h"
#include "phase1_cpu/week03_learning/value_testing.h"

namespace nn::basic {
namespace {

// Each item as a word: the operation in parentheses, or the label of the value.
std::vector<std::string> words(const ValueGraph& graph) {
  std::vector<std::string> result;
  for (const auto& [node, is_operation] : graph.items) {
    result.push_back(is_operation ? "(" + node->operation + ")" : node->label);
  }
  return result;
}

// "x -> (+)" for each line.
std::vector<std::string> arrows(const ValueGraph& graph) {
  std::vector<std::string> result;
  const std::vector<std::string> names = words(graph);
  for (const auto& [from, to] : graph.lines) {
    result.push_back(names.at(from) + " -> " + names.at(to));
  }
  return result;
}

struct WorkedExample {
  Value x{3.0, "x"}, w{-1.0, "w"};
  Value s = x + w, p = x * w, y = s * p;
  WorkedExample() {
    s.set_label("s");
    p.set_label("p");
    y.set_label("y");
  }
};

// The worked example of README.md, "Drawing the graph".
TEST(ValueGraph, WorkedExample) {
  const WorkedExample example;
  const ValueGraph graph = value_graph(example.y);
  EXPECT_EQ(words(graph), (std::vector<std::string>{"x", "w", "(+)", "s", "(*)", "p", "(*)", "y"}));
  EXPECT_EQ(arrows(graph),
            (std::vector<std::string>{"x -> (+)", "w -> (+)", "(+) -> s", "x -> (*)", "w -> (*)",
                                      "(*) -> p", "s -> (*)", "p -> (*)", "(*) -> y"}));
}

// The same, after backward(), as README.md shows it.
TEST(ValueGraph, WorkedExampleAsDot) {
  const WorkedExample example;
  backward(example.y);
  EXPECT_EQ(value_graph_dot(example.y), R"(digraph values {
  rankdir=LR;
  node [fontname=monospace];
  n0 [shape=record, label="{x | value 3 | grad -5}"];
  n1 [shape=record, label="{w | value -1 | grad 3}"];
  n2 [label="+"];
  n3 [shape=record, label="{s | value 2 | grad -3}"];
  n4 [label="*"];
  n5 [shape=record, label="{p | value -3 | grad 2}"];
  n6 [label="*"];
  n7 [shape=record, label="{y | value -6 | grad 1}"];
  n0 -> n2;
  n1 -> n2;
  n2 -> n3;
  n0 -> n4;
  n1 -> n4;
  n4 -> n5;
  n3 -> n6;
  n5 -> n6;
  n6 -> n7;
}
)");
}

TEST(ValueGraph, SquareHasTwoLines) {
  const Value x(2.0, "x");
  const Value square = x * x;
  const ValueGraph graph = value_graph(square);
  EXPECT_EQ(graph.items.size(), 3u);
  EXPECT_EQ(graph.lines, (std::vector<GraphLine>{{0, 1}, {0, 1}, {1, 2}}));
}

TEST(ValueGraph, LeafIsOneBox) {
  const Value x(2.0, "x");
  EXPECT_EQ(value_graph(x).items.size(), 1u);
  EXPECT_TRUE(value_graph(x).lines.empty());
}

// Items: a box a node and a circle a result. Lines: one an edge, and one from circle to box.
TEST(ValueGraph, EveryNodeAndEveryEdgeOnceAndForward) {
  const Value a(0.5), b(-1.5);
  Value y = tanh(a * b + 2.0) / (exp(a) - b);
  for (int i = 0; i < 3; ++i) y += y * a;
  const ValueGraph graph = value_graph(y);
  int boxes = 0, circles = 0, edges = 0;
  for (const auto& [node, is_operation] : graph.items) {
    is_operation ? ++circles : ++boxes;
    if (is_operation) edges += static_cast<int>(node->edges.size());
  }
  EXPECT_EQ(boxes, static_cast<int>(topological_order(y).size()));
  EXPECT_EQ(circles, 12);
  EXPECT_EQ(static_cast<int>(graph.lines.size()), edges + circles);
  for (const auto& [from, to] : graph.lines) EXPECT_LT(from, to);
  const std::string dot = value_graph_dot(y);
  EXPECT_EQ(count(dot, "shape=record"), boxes);
  EXPECT_EQ(count(dot, " -> "), edges + circles);
}

TEST(ValueGraph, LeftOperandsLineComesFirst) {
  const Value a(1.0, "a"), b(2.0, "b");
  const Value first = a - b, second = b - a;
  EXPECT_EQ(arrows(value_graph(first))[0], "a -> (-)");
  EXPECT_EQ(arrows(value_graph(second))[0], "b -> (-)");
}

TEST(ValueGraph, CellsHaveNoLabelUnlessTheValueHas) {
  EXPECT_EQ(box_cells(*Value(0.1 + 0.2).node()), (std::vector<std::string>{"value 0.3", "grad 0"}));
  EXPECT_EQ(box_cells(*Value(1e300, "big").node()),
            (std::vector<std::string>{"big", "value 1e+300", "grad 0"}));
}

TEST(ValueGraph, RecordsAreEscaped) {
  for (const auto& [text, escaped] :
       {std::pair<std::string, std::string>{"plain w[0,1]", "plain w[0,1]"},
        {"a|b", "a\\|b"},
        {"{x}", "\\{x\\}"},
        {"c:\\n", "c:\\\\n"},
        {"\"a\" < b & c", "&quot;a&quot; &lt; b &amp; c"},
        {"\xff", "\xEF\xBF\xBD"}}) {
    EXPECT_EQ(escape_dot_record(text), escaped) << text;
  }
  const Value odd(1.0, "x|\"y\" {z}\\");
  EXPECT_EQ(count(value_graph_dot(odd), R"(label="{x\|&quot;y&quot; \{z\}\\ | value 1 | grad 0}")"),
            1);
}

}  // namespace
}  // namespace nn::basic
