#include "phase1_cpu/checkpoint/mlp.h"

#include <cstddef>

#include "common/check.h"
#include "common/rng.h"
#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week02_losses/relu_family.h"
#include "phase1_cpu/week02_losses/softmax_cross_entropy.h"
#include "phase1_cpu/week03_learning/dense.h"
#include "phase1_cpu/week03_learning/init.h"

namespace nn::basic {

std::vector<int> Mlp::widths() const {
  std::vector<int> widths;
  for (const DenseLayer& layer : layers) widths.push_back(layer.w.rows());
  if (!layers.empty()) widths.push_back(layers.back().w.cols());
  return widths;
}

Mlp make_mlp(const std::vector<int>& widths, std::uint64_t seed) {
  NN_CHECK(widths.size() >= 2, "a network needs an input and an output extent; got ",
           widths.size());
  Mlp mlp;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    Philox rng(seed, i);
    mlp.layers.push_back({he_normal(widths[i], widths[i + 1], rng), Matrix(1, widths[i + 1])});
  }
  return mlp;
}

Matrix mlp_forward(const Mlp& mlp, const Matrix& x) {
  Matrix y = x;
  for (std::size_t i = 0; i < mlp.layers.size(); ++i) {
    if (i > 0) y = relu(y);
    y = dense_forward(y, mlp.layers[i].w, mlp.layers[i].bias);
  }
  return y;
}

std::vector<DenseLayer> mlp_gradients(StepResult& result, const Mlp& mlp, const Matrix& x,
                                      const std::vector<int>& labels) {
  // Forward, keeping what backward needs: each layer's input and its output before the ReLU.
  std::vector<Matrix> inputs{x};
  std::vector<Matrix> outputs;
  for (const DenseLayer& layer : mlp.layers) {
    if (!outputs.empty()) inputs.push_back(relu(outputs.back()));
    outputs.push_back(dense_forward(inputs.back(), layer.w, layer.bias));
  }
  const Matrix& z = outputs.back();
  result.loss = softmax_cross_entropy(z, labels);
  result.correct = 0;
  const std::vector<int> said = argmax_rows(z);
  for (std::size_t b = 0; b < labels.size(); ++b) result.correct += said[b] == labels[b] ? 1 : 0;

  // Backward, from the loss to the first layer. The input is data: nobody needs its gradient.
  std::vector<DenseLayer> gradients(mlp.layers.size());
  Matrix grad_y = softmax_cross_entropy_backward(z, labels);
  for (std::size_t i = mlp.layers.size(); i-- > 0;) {
    const DenseLayer& layer = mlp.layers[i];
    gradients[i] = {Matrix(layer.w.rows(), layer.w.cols()), Matrix(1, layer.w.cols())};
    Matrix grad_x;
    dense_backward(i > 0 ? &grad_x : nullptr, gradients[i].w, gradients[i].bias, grad_y, inputs[i],
                   layer.w);
    if (i > 0) grad_y = relu_backward(grad_x, outputs[i - 1]);
  }
  return gradients;
}

StepResult train_step(Mlp& mlp, const Matrix& x, const std::vector<int>& labels,
                      double learning_rate) {
  StepResult result;
  const std::vector<DenseLayer> gradients = mlp_gradients(result, mlp, x, labels);
  for (std::size_t i = 0; i < mlp.layers.size(); ++i) {
    DenseLayer& layer = mlp.layers[i];
    layer.w = layer.w - learning_rate * gradients[i].w;
    layer.bias = layer.bias - learning_rate * gradients[i].bias;
  }
  return result;
}

}  // namespace nn::basic
