// softmax_cross_entropy: softmax and cross-entropy as one function of the logits.
//   loss = mean_b (log_sum_exp(z_b) - z[b,t_b]) = mean_b log sum_l e^(z[b,l] - z[b,t_b])
//   derivative by z: (softmax(z)[b,l] - [l = t_b]) / B        probabilities minus the one-hot labels
// Units     nats.
// Errors    nn::Error if there are not B labels, if a label is not in [0, L) (index, label and range
//           are named), or if B or L is 0: the mean of nothing is no number.
// Numerics  No clamp: the logarithm meets a number in [1, L], and the derivative is at most 1 / B,
//           whatever the logits. cross_entropy(softmax(z), t) stops growing at 27.63 instead.
//           In the second form above rounding is relative to the logits' differences, in the first
//           to their size. NaN gives NaN.
// Source    derived in README.md, "Softmax and cross-entropy, fused"; [Goodfellow16 sec. 6.2.2.3].
#pragma once

#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// z (B,L) logits, t (B) labels.
double softmax_cross_entropy(const Matrix& z, const std::vector<int>& t);

// grad_z (B,L).
Matrix softmax_cross_entropy_backward(const Matrix& z, const std::vector<int>& t);

}  // namespace nn::basic
