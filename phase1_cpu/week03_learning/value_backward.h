// The gradients of one Value by every Value it was computed from: reverse mode.
// Source   [Griewank08 §3.2]; the order is depth first search's, [Cormen22 §20.4].
#pragma once

#include <vector>

#include "phase1_cpu/week03_learning/value.h"

namespace nn::basic {

// Every node that `root` was computed from, each once, operands before results, `root` last.
// The pointers are good while `root` lives. Works on any graph that fits in memory: the depth is
// bounded by the heap, not by the call stack. Time O(nodes + edges).
std::vector<ValueNode*> topological_order(const Value& root);

// Puts d root / d node into the grad of every node that `root` was computed from; 1 for root.
// A leaf's grad is accumulated into, a result's grad is overwritten. So a second call on the same
// root doubles the leaves' gradients, and calls on two roots leave the gradient of their sum in
// the leaves that both share. Nodes that root was not computed from keep what they hold.
void backward(const Value& root);

}  // namespace nn::basic
