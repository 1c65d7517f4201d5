#include "phase1_cpu/week03_learning/value_mlp.h"

#include <algorithm>
#include <cstddef>

#include "common/check.h"
#include "phase1_cpu/week03_learning/value_ops.h"

namespace nn::basic {

ValueLayer make_value_layer(const Matrix& w, const Matrix& bias, const std::string& name) {
  const int C = w.rows(), OC = w.cols();
  NN_CHECK(C >= 1 && OC >= 1, "w is (", C, ",", OC, "); a layer has features in and out");
  NN_CHECK_EQ(bias.rows(), 1, "bias is one row");
  NN_CHECK_EQ(bias.cols(), OC, "one bias for each of w's columns");
  ValueLayer layer{C, OC, {}, {}};
  for (int c = 0; c < C; ++c) {
    for (int oc = 0; oc < OC; ++oc) {
      layer.w.emplace_back(w(c, oc), detail::cat("w", name, "[", c, ",", oc, "]"));
    }
  }
  for (int oc = 0; oc < OC; ++oc) {
    layer.bias.emplace_back(bias(0, oc), detail::cat("bias", name, "[", oc, "]"));
  }
  return layer;
}

std::vector<Value> value_dense_forward(const ValueLayer& layer, const std::vector<Value>& x) {
  const int C = layer.C, OC = layer.OC;
  NN_CHECK_EQ(static_cast<int>(x.size()), C, "one x for each of the layer's features in");
  std::vector<Value> y;
  // >>> about 5 lines. README.md, "A network of single numbers".
  for (int oc = 0; oc < OC; ++oc) {
    Value sum = x[0] * layer.w[oc];
    for (int c = 1; c < C; ++c) sum += x[c] * layer.w[c * OC + oc];
    y.push_back(sum + layer.bias[oc]);
  }
  // <<< NN_TODO("value_dense_forward");
  return y;
}

Value value_softmax_cross_entropy(const std::vector<Value>& z, int t) {
  NN_CHECK(0 <= t && t < static_cast<int>(z.size()), "label ", t, "; there are ", z.size(),
           " logits");
  // >>> about 5 lines. README.md, "A network of single numbers".
  double largest = z[0].data();
  for (const Value& logit : z) largest = std::max(largest, logit.data());
  Value sum = exp(z[0] - largest);
  for (std::size_t l = 1; l < z.size(); ++l) sum += exp(z[l] - largest);
  return log(sum) + largest - z[t];
  // <<< NN_TODO("value_softmax_cross_entropy");
}

ValueMlp make_value_mlp(const std::vector<std::pair<Matrix, Matrix>>& layers,
                        Value (*activation)(const Value&)) {
  NN_CHECK(!layers.empty(), "a network has at least one layer");
  ValueMlp mlp{{}, activation};
  for (const auto& [w, bias] : layers) {
    if (!mlp.layers.empty()) {
      NN_CHECK_EQ(w.rows(), mlp.layers.back().OC, "each layer takes what the one before it gives");
    }
    mlp.layers.push_back(make_value_layer(w, bias, std::to_string(mlp.layers.size() + 1)));
  }
  return mlp;
}

std::vector<Value> value_mlp_forward(const ValueMlp& mlp, std::vector<Value> x) {
  // >>> about 6 lines. README.md, "A network of single numbers".
  for (std::size_t n = 0; n < mlp.layers.size(); ++n) {
    if (n > 0) {
      for (Value& feature : x) feature = mlp.activation(feature);
    }
    x = value_dense_forward(mlp.layers[n], x);
  }
  // <<< NN_TODO("value_mlp_forward");
  return x;
}

Value value_mlp_loss(const ValueMlp& mlp, const Matrix& x, const std::vector<int>& t) {
  NN_CHECK(x.rows() >= 1, "x has no examples; a mean needs one");
  NN_CHECK_EQ(x.rows(), static_cast<int>(t.size()), "one label for each example");
  Value total = 0.0;
  for (int b = 0; b < x.rows(); ++b) {
    const std::vector<Value> example(x.row(b).begin(), x.row(b).end());
    total += value_softmax_cross_entropy(value_mlp_forward(mlp, example), t[b]);
  }
  return total / x.rows();
}

std::vector<Value> value_mlp_parameters(const ValueMlp& mlp) {
  std::vector<Value> all;
  for (const ValueLayer& layer : mlp.layers) {
    all.insert(all.end(), layer.w.begin(), layer.w.end());
    all.insert(all.end(), layer.bias.begin(), layer.bias.end());
  }
  return all;
}

void value_sgd_step(const std::vector<Value>& parameters, double learning_rate) {
  // >>> about 4 lines. README.md, "A network of single numbers".
  for (Value parameter : parameters) {  // a copy of the handle, the same node
    parameter.set_data(parameter.data() - learning_rate * parameter.grad());
    parameter.zero_grad();
  }
  // <<< NN_TODO("value_sgd_step");
}

}  // namespace nn::basic
