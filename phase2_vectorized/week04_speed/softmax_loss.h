// softmax_cross_entropy: softmax, cross-entropy and its gradient in one walk over the logits.
//   loss = mean_b (log_sum_exp(z_b) - z[b,t_b])
//   grad_z[b,l] = (softmax(z)[b,l] - [l = t_b]) / B
// Units     nats.
// Errors    nn::Error if B or L is 0 (the mean of nothing is no number), if there are not B labels, if
//           a label is not in [0, L) (index, label and range are named), if grad_z has another shape
//           than z or overlaps it in part, or if z's rows are not of adjacent floats.
// Numerics  No clamp, as in phase 1. The exponentials are float's; the mean over the batch is summed
//           in double. NaN gives NaN.
// Cost      The row's exponentials, once, for both results.
// Source    phase1_cpu/week02_losses/softmax_cross_entropy.h; [Goodfellow16 sec. 6.2.2.3].
#pragma once

#include <span>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// The loss of z (B,L) by `labels` (B), and grad_z (B,L), overwritten; grad_z may be z.
float softmax_cross_entropy(MatrixView grad_z, ConstMatrixView z, std::span<const int> labels);

// The loss alone, for evaluation; the same number.
float softmax_cross_entropy(ConstMatrixView z, std::span<const int> labels);

}  // namespace nn::cpu
