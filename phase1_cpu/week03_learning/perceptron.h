// The perceptron: one neuron, a yes or a no, and a learning rule with a proof.
// Source   [Rosenblatt58] the rule; [Novikoff62] why it stops.
#pragma once

#include <cstdint>
#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// A line (plane, hyperplane) w . x + bias = 0: one side is +1, the other -1.
struct Perceptron {
  Matrix w;  // (1,C)
  double bias = 0;
};

// What a training run came to.
struct PerceptronRun {
  Perceptron perceptron;
  bool separated = false;     // the last epoch made no mistake: every point is on its side
  int epochs = 0;             // passes over the points, the last one included
  std::int64_t mistakes = 0;  // corrections made in all of them
};

// [B], each +1 or -1: +1 where w . x[b,:] + bias > 0; a point on the line itself is a -1.
// x (B,C). Throws nn::Error if C is not the perceptron's.
std::vector<int> perceptron_predict(const Perceptron& perceptron, const Matrix& x);

// Rosenblatt's rule, from w = 0 and bias = 0: points in order, again and again; wherever
// t[b] (w . x[b,:] + bias) <= 0, add t[b] x[b,:] to w and t[b] to bias. Stops after the first epoch
// without a mistake, else after max_epochs with separated == false.
// x (B,C), B >= 1; t [B], each +1 or -1; max_epochs >= 1. Throws nn::Error otherwise, and if an
// element of x is not finite.
//
// If a unit vector (u, u0) has t[b] (u . x[b,:] + u0) >= gamma > 0 for all b, and no (x[b,:], 1) is
// longer than R, there are at most (R / gamma)^2 mistakes [Novikoff62].
PerceptronRun train_perceptron(const Matrix& x, const std::vector<int>& t, int max_epochs);

}  // namespace nn::basic
