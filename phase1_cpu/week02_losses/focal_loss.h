// focal_loss: cross-entropy that turns away from examples it already gets right.
//   loss = mean_b -(1 - q)^2 log max(q, kMinProbability), q = p[b,t_b]
// The exponent is gamma, 2 as its authors recommend; gamma = 0 would be cross_entropy.
// Units     nats.
// Errors    As cross_entropy's: B labels in [0, L), p in [0, 1], B and L 1 or more.
// Numerics  The derivative uses the same clamp. NaN gives NaN.
// Source    [Lin17 eq. 4], without its class weights.
#pragma once

#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

inline constexpr double kFocalGamma = 2.0;

// p (B,L) probabilities, t (B) labels.
double focal_loss(const Matrix& p, const std::vector<int>& t);

// grad_p (B,L): at (b, t_b), with q clamped where it is divided by or its logarithm taken,
//   (gamma (1 - q)^(gamma - 1) log q - (1 - q)^gamma / q) / B
// and 0 elsewhere.
Matrix focal_loss_backward(const Matrix& p, const std::vector<int>& t);

}  // namespace nn::basic
