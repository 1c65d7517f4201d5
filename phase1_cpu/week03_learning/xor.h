// XOR, which no line can separate, learned by two layers: the first network that trains.
//
//   x (B,2) --dense w1,bias1--> (B,H) --tanh--> h (B,H) --dense w2,bias2--> z (B,1) --sigmoid--> p
//
// The loss is binary_cross_entropy(p, t). Source: [Rumelhart86], whose first example XOR is.
#pragma once

#include <cstdint>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// The parameters of a network with C inputs, H hidden units and one output; also their gradients.
struct TwoLayer {
  Matrix w1;     // (C,H)
  Matrix bias1;  // (1,H)
  Matrix w2;     // (H,1)
  Matrix bias2;  // (1,1)
};

// Weights by xavier_uniform from Philox(seed), w1 first; biases 0. Throws nn::Error if C or H < 1.
TwoLayer make_two_layer(int C, int H, std::uint64_t seed);

// p (B,1), each in [0, 1]: how sure the network is that the target is 1. x (B,C).
Matrix two_layer_predict(const TwoLayer& network, const Matrix& x);

struct LossAndGradient {
  double loss = 0;
  TwoLayer gradient;  // by each parameter, of that parameter's shape
};

// Loss and gradient of `network` on x (B,C), t (B,1) with elements 0 or 1.
// Throws nn::Error if the shapes do not chain.
LossAndGradient two_layer_gradient(const TwoLayer& network, const Matrix& x, const Matrix& t);

// One step of gradient descent: parameter -= learning_rate * gradient, for all four.
void two_layer_update(TwoLayer& network, const TwoLayer& gradient, double learning_rate);

// The four points (4,2) and whether exactly one coordinate is 1 (4,1).
Matrix xor_points();
Matrix xor_targets();

// kXorSteps steps on all four points, from make_two_layer(2, H, seed). The three numbers were chosen
// together so that every seed tried comes out right; fewer hidden units get stuck: README.md, "XOR: two
// layers".
inline constexpr int kXorHidden = 8;
inline constexpr double kXorLearningRate = 0.5;
inline constexpr int kXorSteps = 1000;
TwoLayer train_xor(std::uint64_t seed, int H = kXorHidden);

}  // namespace nn::basic
