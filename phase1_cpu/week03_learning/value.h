// Value: one double that remembers how it was computed, so that its derivatives can be found.
//
//   Value a(2.0, "a"), b(-3.0, "b");
//   Value c = a * b + 10.0;   // three new nodes: a * b, the constant 10, and their sum
//   backward(c);              // value_backward.h: now a.grad() == -3 and b.grad() == 2
//
// Each operation makes a node of a graph: the result, which nodes it was computed from, and the
// derivative of the result by each of them. Nodes are never changed by later operations, so the
// graph cannot have a cycle. Arithmetic is IEEE: 1.0 / Value(0.0) is inf, and nothing here throws
// for a NaN or an infinity.
//
// A Value is a handle: copies share one node, and a node lives as long as a handle or a result
// computed from it does. A graph belongs to one thread.
//
// Source   Reverse mode with the local derivatives stored on the edges of the graph:
//          [Griewank08 §3.2], [Baydin18 §3.2].
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace nn::basic {

struct ValueNode;

// From a result to one of the nodes it was computed from.
struct ValueEdge {
  std::shared_ptr<ValueNode> operand;
  double derivative;  // of the result by this operand, at the data both had when it was computed
};

// One node of the graph. Users hold a Value; the code that walks the graph works on its nodes.
struct ValueNode {
  double data;
  double grad = 0;               // d root / d this, for the root that backward() started from
  std::string operation;         // "+", "tanh", ...; "" for a leaf
  std::string label;             // a name for drawings and messages; "" for none
  std::vector<ValueEdge> edges;  // left operand first; none for a leaf
  // Links the nodes that are being freed together; null in a living node. See ~ValueNode.
  std::shared_ptr<ValueNode> next_to_free;

  ValueNode(double value, std::string made_by, std::vector<ValueEdge> made_from);
  // Frees the nodes that only this one kept alive, in a loop: the stack stays flat however long
  // the chain of operations is.
  ~ValueNode();
  ValueNode(const ValueNode&) = delete;
  ValueNode& operator=(const ValueNode&) = delete;

  bool is_leaf() const { return edges.empty(); }
};

class Value {
 public:
  // A leaf. A double converts by itself, so that 2.0 * a works: the constant is a leaf, too.
  Value(double data, std::string label = "");  // NOLINT(google-explicit-constructor)
  // The result of an operation. What the operators below are made of.
  Value(double data, std::string operation, std::vector<ValueEdge> edges);

  // Only copies: a Value that was "moved from" still has its node, so there is no empty Value.
  Value(const Value&) = default;
  Value& operator=(const Value&) = default;
  ~Value() = default;

  double data() const { return node_->data; }
  double grad() const { return node_->grad; }  // 0 until backward() has passed through
  const std::string& label() const { return node_->label; }
  const std::shared_ptr<ValueNode>& node() const { return node_; }

  void set_label(std::string label);
  // For the next computation: results that exist keep their data and derivatives. Throws nn::Error
  // unless this is a leaf: a result is set by what it was computed from.
  void set_data(double data);
  // This node alone. backward() adds to what a leaf's grad holds, so a training step begins here.
  void zero_grad() { node_->grad = 0; }

  // a += b makes a new node and binds this handle to it. Other handles keep the old node.
  Value& operator+=(const Value& b);
  Value& operator-=(const Value& b);
  Value& operator*=(const Value& b);
  Value& operator/=(const Value& b);

 private:
  std::shared_ptr<ValueNode> node_;  // never null
};

Value operator+(const Value& a, const Value& b);
Value operator-(const Value& a, const Value& b);
Value operator*(const Value& a, const Value& b);
Value operator/(const Value& a, const Value& b);
Value operator-(const Value& a);

}  // namespace nn::basic
