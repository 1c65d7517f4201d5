#include "phase1_cpu/week03_learning/value_graph.h"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>

#include "common/check.h"
#include "common/escape.h"
#include "phase1_cpu/week03_learning/value_backward.h"

namespace nn::basic {

ValueGraph value_graph(const Value& root) {
  ValueGraph graph;
  // >>> about 13 lines. README.md, "Drawing the graph".
  std::unordered_map<const ValueNode*, int> box_of;  // the index of each node's own item
  for (const ValueNode* node : topological_order(root)) {
    if (!node->is_leaf()) {
      const int operation = static_cast<int>(graph.items.size());
      graph.items.push_back({node, true});
      for (const ValueEdge& edge : node->edges) {
        graph.lines.push_back({box_of.at(edge.operand.get()), operation});
      }
      graph.lines.push_back({operation, operation + 1});
    }
    box_of[node] = static_cast<int>(graph.items.size());
    graph.items.push_back({node, false});
  }
  // <<< NN_TODO("value_graph");
  return graph;
}

std::vector<std::string> box_cells(const ValueNode& node) {
  std::vector<std::string> cells;
  if (!node.label.empty()) cells.push_back(node.label);
  cells.push_back(fmt::format("value {:.4g}", node.data));
  cells.push_back(fmt::format("grad {:.4g}", node.grad));
  return cells;
}

std::string escape_dot_record(const std::string& text) {
  std::string escaped;
  // >>> about 4 lines. README.md, "Drawing the graph".
  for (const char c : escape_xml(text)) {
    if (std::string_view("{}|\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  // <<< NN_TODO("escape_dot_record");
  return escaped;
}

std::string value_graph_dot(const Value& root) {
  const ValueGraph graph = value_graph(root);
  std::string dot = "digraph values {\n  rankdir=LR;\n  node [fontname=monospace];\n";
  // >>> about 13 lines. README.md, "Drawing the graph".
  for (std::size_t i = 0; i < graph.items.size(); ++i) {
    const auto& [node, is_operation] = graph.items[i];
    if (is_operation) {
      dot += fmt::format("  n{} [label=\"{}\"];\n", i, node->operation);
      continue;
    }
    std::string label;
    for (const std::string& cell : box_cells(*node)) {
      label += (label.empty() ? "" : " | ") + escape_dot_record(cell);
    }
    dot += fmt::format("  n{} [shape=record, label=\"{{{}}}\"];\n", i, label);
  }
  for (const auto& [from, to] : graph.lines) dot += fmt::format("  n{} -> n{};\n", from, to);
  // <<< NN_TODO("value_graph_dot");
  return dot + "}\n";
}

}  // namespace nn::basic
