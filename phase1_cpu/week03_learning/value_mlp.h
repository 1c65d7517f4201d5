// A multi-layer perceptron made of Values: the dense layer, one number at a time. No backward
// function is written here; the graph has it.
//
//   x [C] --w1,bias1--> [H] --activation--> [H] --w2,bias2--> z [L] --softmax cross-entropy--> loss
//
// Same numbers as dense.h, for one node and a few hundred bytes an operation: for understanding and
// for checking, not for training on images.
// Source   [Goodfellow16 §6.5.7] the same network as a graph.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"
#include "phase1_cpu/week03_learning/value.h"

namespace nn::basic {

// A dense layer's parameters, all leaves.
struct ValueLayer {
  int C;                    // features in
  int OC;                   // features out
  std::vector<Value> w;     // [C * OC], row-major: w[c * OC + oc], as in a Matrix (C,OC)
  std::vector<Value> bias;  // [OC]
};

// From w (C,OC), C and OC >= 1, and bias (1,OC), else nn::Error. `name` numbers the layer in labels:
// "w1[0,2]", "bias1[2]" for "1".
ValueLayer make_value_layer(const Matrix& w, const Matrix& bias, const std::string& name);

// y [OC]: y[oc] = sum_c x[c] w[c,oc] + bias[oc]. Throws nn::Error unless x has C elements.
std::vector<Value> value_dense_forward(const ValueLayer& layer, const std::vector<Value>& x);

// log sum_l e^z[l] - z[t]: the loss of one example with logits z [L] and label t in [0, L), else
// nn::Error. The largest logit is subtracted before exp, as a constant, and added after log; on
// paper this changes neither the loss nor its gradient.
Value value_softmax_cross_entropy(const std::vector<Value>& z, int t);

struct ValueMlp {
  std::vector<ValueLayer> layers;     // each takes what the one before it gives
  Value (*activation)(const Value&);  // between layers, not after the last: tanh or relu
};

// Layers from (w, bias) pairs, named "1", "2", ... At least one, with extents that chain, else
// nn::Error.
ValueMlp make_value_mlp(const std::vector<std::pair<Matrix, Matrix>>& layers,
                        Value (*activation)(const Value&));

// z [L]: the logits of one example x [C].
std::vector<Value> value_mlp_forward(const ValueMlp& mlp, std::vector<Value> x);

// The mean of value_softmax_cross_entropy over the examples x (B,C) with labels t [B], B >= 1, else
// nn::Error.
Value value_mlp_loss(const ValueMlp& mlp, const Matrix& x, const std::vector<int>& t);

// All weights and biases: w of layer 1 row by row, bias of layer 1, w of layer 2, ... Handles to
// the layers' own nodes.
std::vector<Value> value_mlp_parameters(const ValueMlp& mlp);

// One step of gradient descent, and ready for the next: data -= learning_rate * grad; grad = 0.
void value_sgd_step(const std::vector<Value>& parameters, double learning_rate);

}  // namespace nn::basic
