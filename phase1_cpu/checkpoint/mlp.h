// A multi-layer perceptron made of the phase's own parts: dense layers with ReLU between them and
// softmax cross-entropy at the end, trained by plain gradient descent.
//
//   x (B,784) -> dense -> ReLU -> dense -> z (B,10) -> softmax cross-entropy with t (B)
//
// Nothing here is an exercise. It is what the exercises add up to.
#pragma once

#include <cstdint>
#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

struct DenseLayer {
  Matrix w;     // (C,OC)
  Matrix bias;  // (1,OC)
};

struct Mlp {
  std::vector<DenseLayer> layers;  // at least one; the last gives the logits

  // The extents from input to output, for example {784, 128, 10}.
  std::vector<int> widths() const;
};

// He initialisation, layer i drawn from Philox(seed, stream i); biases zero. widths: at least two
// extents of 1 or more, else nn::Error.
Mlp make_mlp(const std::vector<int>& widths, std::uint64_t seed);

// z (B,L): the logits of each example of x (B,C).
Matrix mlp_forward(const Mlp& mlp, const Matrix& x);

// What one step of training saw before it changed the weights.
struct StepResult {
  double loss = 0;  // mean over the batch
  int correct = 0;  // examples whose largest logit was the right one
};

// The gradient of the mean loss by every weight and bias, layer by layer as in `mlp`.
// x (B,C), labels [B] in [0, L).
std::vector<DenseLayer> mlp_gradients(StepResult& result, const Mlp& mlp, const Matrix& x,
                                      const std::vector<int>& labels);

// One step of stochastic gradient descent: weight -= learning_rate * gradient.
StepResult train_step(Mlp& mlp, const Matrix& x, const std::vector<int>& labels,
                      double learning_rate);

}  // namespace nn::basic
