#include "phase1_cpu/week03_learning/value.h"

#include <utility>

#include "common/check.h"

namespace nn::basic {
namespace {

// Takes the operands off `node`. The ones that nobody else holds go to the front of `doomed`.
void release_operands(ValueNode& node, std::shared_ptr<ValueNode>& doomed) {
  for (ValueEdge& edge : node.edges) {
    const std::shared_ptr<ValueNode> operand = std::move(edge.operand);
    if (operand.use_count() > 1) continue;  // dropping our hold is all there is to do
    operand->next_to_free = std::move(doomed);
    doomed = operand;
  }
  node.edges.clear();
}

}  // namespace

ValueNode::ValueNode(double value, std::string made_by, std::vector<ValueEdge> made_from)
    : data(value), operation(std::move(made_by)), edges(std::move(made_from)) {}

// Left to itself, a node's destructor would run its operands' destructors, they theirs, and so on:
// one stack frame for each step of the longest chain. The list of doomed nodes takes the place of
// those frames. It is linked through the nodes, since a destructor should not need memory.
ValueNode::~ValueNode() {
  std::shared_ptr<ValueNode> doomed;
  release_operands(*this, doomed);
  while (doomed) {
    const std::shared_ptr<ValueNode> node = std::move(doomed);
    doomed = std::move(node->next_to_free);
    release_operands(*node, doomed);
  }  // here `node` dies, and its own destructor finds nothing left to free
}

Value::Value(double data, std::string label)
    : node_(std::make_shared<ValueNode>(data, "", std::vector<ValueEdge>{})) {
  node_->label = std::move(label);
}

Value::Value(double data, std::string operation, std::vector<ValueEdge> edges)
    : node_(std::make_shared<ValueNode>(data, std::move(operation), std::move(edges))) {}

void Value::set_label(std::string label) { node_->label = std::move(label); }

void Value::set_data(double data) {
  NN_CHECK(node_->is_leaf(), "'", label(), "' is the result of '", node_->operation,
           "'; only a leaf can be set");
  node_->data = data;
}

// d(a + b)/da = 1, d(a + b)/db = 1. Here is how an operator is written; the others are yours.
Value operator+(const Value& a, const Value& b) {
  const double by_a = 1.0;
  const double by_b = 1.0;
  return Value(a.data() + b.data(), "+", {{a.node(), by_a}, {b.node(), by_b}});
}

Value operator-(const Value& a, const Value& b) {
  // >>> about 3 lines. README.md, "A number that remembers".
  const double by_a = 1.0;
  const double by_b = -1.0;
  return Value(a.data() - b.data(), "-", {{a.node(), by_a}, {b.node(), by_b}});
  // <<< NN_TODO("subtract");
}

Value operator*(const Value& a, const Value& b) {
  // >>> about 3 lines. README.md, "A number that remembers".
  const double by_a = b.data();
  const double by_b = a.data();
  return Value(a.data() * b.data(), "*", {{a.node(), by_a}, {b.node(), by_b}});
  // <<< NN_TODO("multiply");
}

Value operator/(const Value& a, const Value& b) {
  // >>> about 4 lines. README.md, "A number that remembers".
  const double quotient = a.data() / b.data();
  const double by_a = 1.0 / b.data();
  const double by_b = -quotient / b.data();
  return Value(quotient, "/", {{a.node(), by_a}, {b.node(), by_b}});
  // <<< NN_TODO("divide");
}

Value operator-(const Value& a) { return Value(-a.data(), "neg", {{a.node(), -1.0}}); }

// A new node each time, never a change to the old one: other results were computed from that.
Value& Value::operator+=(const Value& b) { return *this = *this + b; }
Value& Value::operator-=(const Value& b) { return *this = *this - b; }
Value& Value::operator*=(const Value& b) { return *this = *this * b; }
Value& Value::operator/=(const Value& b) { return *this = *this / b; }

}  // namespace nn::basic
