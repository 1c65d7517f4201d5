// A computation graph as something to draw: a box for each value, a circle for each operation.
//
//   Value(3, "x") * Value(-1, "w"), after backward():
//
//     [ x | value 3 | grad -1 ] ---.
//                                   (*) ---> [ value -3 | grad 1 ]
//     [ w | value -1 | grad 3 ] ---'
//
// Source   The DOT language and its record shapes [Graphviz].
#pragma once

#include <string>
#include <vector>

#include "phase1_cpu/week03_learning/value.h"

namespace nn::basic {

// What a drawing consists of: `node` itself, or the operation that `node` is the result of.
struct GraphItem {
  const ValueNode* node;
  bool is_operation;
};

// From one item to another; indices into ValueGraph::items.
struct GraphLine {
  int from;
  int to;
  bool operator==(const GraphLine&) const = default;
};

// Items in topological order, an operation right before its result, the root last: so every line
// has from < to. Lines in the order of `to`, the left operand's first; x * x has two.
struct ValueGraph {
  std::vector<GraphItem> items;
  std::vector<GraphLine> lines;
};

// Of `root` and all it was computed from. The nodes are pointed to: good while `root` lives.
ValueGraph value_graph(const Value& root);

// What stands in a value's box, cell by cell: its label (if it has one), value, gradient; numbers
// to four digits.
std::vector<std::string> box_cells(const ValueNode& node);

// `text` as part of a record's label in a DOT file, shown as it is. Graphviz reads XML entities in
// labels, and a record gives { } | and backslash a meaning: these get a backslash in front. Bytes
// that are no UTF-8 are shown as U+FFFD.
std::string escape_dot_record(const std::string& text);

// The graph in the DOT language, data from left to right. One line of text for each item, named n0,
// n1, ... in their order, then one for each line of the graph:
//   n3 [shape=record, label="{s | value 2 | grad -3}"];     the braces turn the cells into a row
//   n4 [label="*"];
//   n3 -> n4;
// To see it: dot -Tsvg graph.dot > graph.svg
std::string value_graph_dot(const Value& root);

}  // namespace nn::basic
