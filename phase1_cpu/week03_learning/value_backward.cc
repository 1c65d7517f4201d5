#include "phase1_cpu/week03_learning/value_backward.h"

#include <cstddef>
#include <unordered_set>

#include "common/check.h"

namespace nn::basic {
namespace {

// A node on the way down, and which of its operands comes next.
struct Visit {
  ValueNode* node;
  std::size_t next_edge = 0;
};

}  // namespace

std::vector<ValueNode*> topological_order(const Value& root) {
  std::vector<ValueNode*> order;
  // >>> about 12 lines. README.md, "Backward through the graph".
  std::unordered_set<const ValueNode*> seen{root.node().get()};
  std::vector<Visit> path{{root.node().get()}};  // takes the place of the call stack
  while (!path.empty()) {
    Visit& visit = path.back();
    if (visit.next_edge == visit.node->edges.size()) {
      order.push_back(visit.node);  // all it was computed from is in `order` already
      path.pop_back();
      continue;
    }
    ValueNode* operand = visit.node->edges[visit.next_edge++].operand.get();
    if (seen.insert(operand).second) path.push_back({operand});
  }
  // <<< NN_TODO("topological_order");
  return order;
}

void backward(const Value& root) {
  const std::vector<ValueNode*> order = topological_order(root);
  // >>> about 9 lines. README.md, "Backward through the graph".
  for (ValueNode* node : order) {
    if (!node->is_leaf()) node->grad = 0;
  }
  root.node()->grad += 1;
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    for (const ValueEdge& edge : (*node)->edges) {
      edge.operand->grad += edge.derivative * (*node)->grad;
    }
  }
  // <<< NN_TODO("backward");
}

}  // namespace nn::basic
