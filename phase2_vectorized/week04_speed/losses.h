// Losses of predictions, and their gradients. Definitions as in phase 1.
//
//   mse                   mean (y - t)^2                                gradient 2 (y - t) / (B C)
//   mae                   mean |y - t|                                  sign(y - t) / (B C), 0 if equal
//   hinge                 mean max(0, 1 - t y), t = +1 or -1            -t [t y < 1] / (B C)
//   binary_cross_entropy  mean -t log max(p, e) - (1-t) log max(1-p, e)
//                                              ((1-t) / max(1-p, e) - t / max(p, e)) / (B C)
//   focal_loss            mean_b -(1-q)^2 log max(q, e), q = p[b,t_b]
//                                              at (b,t_b), 0 elsewhere:
//                                              (2 (1-q) log max(q, e) - (1-q)^2 / max(q, e)) / B
//   e = kMinProbability
//
// Shapes    y, t, p, and the gradients: (B,C), or p (B,L) with B labels.
// Memory    A gradient is overwritten; it may be the prediction's matrix or apart from all inputs.
// Errors    nn::Error naming the function: shapes that differ (both are named), no elements (the mean
//           of nothing is no number), a hinge target other than 1 and -1, a p or a target of
//           binary_cross_entropy not in [0, 1], labels not in [0, L) or not B of them, inputs whose rows
//           are not of adjacent floats, an output that overlaps an input in part.
// Numerics  Differences, logarithms and sums are double's, and rounded once at the end: the sum of a
//           million floats in float would lose its last digits. NaN gives NaN for the loss.
// Source    as phase1_cpu/week02_losses: regression_losses.h, hinge.h, binary_cross_entropy.h,
//           focal_loss.h.
#pragma once

#include <span>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

inline constexpr float kMinProbability = 1e-12F;  // what a logarithm and a quotient see at least

float mse(ConstMatrixView y, ConstMatrixView t);
void mse_backward(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t);

float mae(ConstMatrixView y, ConstMatrixView t);
void mae_backward(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t);

float hinge(ConstMatrixView y, ConstMatrixView t);
void hinge_backward(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t);

// p is a probability, such as sigmoid's output.
float binary_cross_entropy(ConstMatrixView p, ConstMatrixView t);
void binary_cross_entropy_backward(MatrixView grad_p, ConstMatrixView p, ConstMatrixView t);

// p is a distribution, such as softmax's output.
float focal_loss(ConstMatrixView p, std::span<const int> labels);
void focal_loss_backward(MatrixView grad_p, ConstMatrixView p, std::span<const int> labels);

}  // namespace nn::cpu
