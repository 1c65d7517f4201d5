#include "phase1_cpu/week03_learning/xor.h"

#include "common/check.h"
#include "common/rng.h"
#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week02_losses/binary_cross_entropy.h"
#include "phase1_cpu/week02_losses/sigmoid.h"
#include "phase1_cpu/week02_losses/smooth_activations.h"
#include "phase1_cpu/week03_learning/dense.h"
#include "phase1_cpu/week03_learning/init.h"

namespace nn::basic {
namespace {

// Zeros of the shapes of `network`, for gradients to accumulate into.
TwoLayer zeros_like(const TwoLayer& network) {
  const int C = network.w1.rows(), H = network.w1.cols();
  return {.w1 = Matrix(C, H), .bias1 = Matrix(1, H), .w2 = Matrix(H, 1), .bias2 = Matrix(1, 1)};
}

}  // namespace

TwoLayer make_two_layer(int C, int H, std::uint64_t seed) {
  Philox rng(seed);
  Matrix w1 = xavier_uniform(C, H, rng);
  Matrix w2 = xavier_uniform(H, 1, rng);
  return {.w1 = w1, .bias1 = Matrix(1, H), .w2 = w2, .bias2 = Matrix(1, 1)};
}

Matrix two_layer_predict(const TwoLayer& network, const Matrix& x) {
  // >>> about 2 lines. README.md, "XOR: two layers".
  const Matrix h = tanh(dense_forward(x, network.w1, network.bias1));
  return sigmoid(dense_forward(h, network.w2, network.bias2));
  // <<< NN_TODO("two_layer_predict");
}

LossAndGradient two_layer_gradient(const TwoLayer& network, const Matrix& x, const Matrix& t) {
  LossAndGradient result{.gradient = zeros_like(network)};
  TwoLayer& gradient = result.gradient;
  // >>> about 12 lines. README.md, "XOR: two layers".
  const Matrix a = dense_forward(x, network.w1, network.bias1);  // (B,H)
  const Matrix h = tanh(a);                                      // (B,H)
  const Matrix z = dense_forward(h, network.w2, network.bias2);  // (B,1)
  const Matrix p = sigmoid(z);                                   // (B,1)
  result.loss = binary_cross_entropy(p, t);

  const Matrix grad_p = binary_cross_entropy_backward(p, t);
  const Matrix grad_z = sigmoid_backward(grad_p, z);
  Matrix grad_h;
  dense_backward(&grad_h, gradient.w2, gradient.bias2, grad_z, h, network.w2);
  const Matrix grad_a = tanh_backward(grad_h, a);
  dense_backward(nullptr, gradient.w1, gradient.bias1, grad_a, x, network.w1);
  // <<< NN_TODO("two_layer_gradient");
  return result;
}

void two_layer_update(TwoLayer& network, const TwoLayer& gradient, double learning_rate) {
  NN_CHECK(learning_rate > 0, "learning_rate = ", learning_rate, "; it is above 0");
  // >>> about 4 lines. README.md, "XOR: two layers".
  network.w1 = network.w1 - learning_rate * gradient.w1;
  network.bias1 = network.bias1 - learning_rate * gradient.bias1;
  network.w2 = network.w2 - learning_rate * gradient.w2;
  network.bias2 = network.bias2 - learning_rate * gradient.bias2;
  // <<< NN_TODO("two_layer_update");
}

Matrix xor_points() { return {{0, 0}, {0, 1}, {1, 0}, {1, 1}}; }

Matrix xor_targets() { return {{0}, {1}, {1}, {0}}; }

TwoLayer train_xor(std::uint64_t seed, int H) {
  TwoLayer network = make_two_layer(2, H, seed);
  for (int step = 0; step < kXorSteps; ++step) {
    const LossAndGradient now = two_layer_gradient(network, xor_points(), xor_targets());
    two_layer_update(network, now.gradient, kXorLearningRate);
  }
  return network;
}

}  // namespace nn::basic
