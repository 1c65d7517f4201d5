// binary_cross_entropy: cross-entropy for questions answered yes or no, each by itself.
//   loss = mean over all B*C elements of -t log max(p, e) - (1-t) log max(1-p, e),
//   e = kMinProbability
// Units     nats. log 2 = 0.69 for a network that says 0.5 to everything.
// Errors    nn::Error naming both shapes if they differ, if there are no elements, or if an element
//           of p or t is not in [0, 1]. (t may lie between: a soft target.)
// Numerics  Both logarithms are clamped, and so is the derivative (docs/notation.md). NaN gives NaN.
// Source    [Goodfellow16 sec. 6.2.2.2].
#pragma once

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// p, t (B,C): the probability of yes, and 1 for yes, 0 for no.
double binary_cross_entropy(const Matrix& p, const Matrix& t);

// grad_p (B,C) = (-t / max(p, e) + (1-t) / max(1-p, e)) / (B*C).
Matrix binary_cross_entropy_backward(const Matrix& p, const Matrix& t);

}  // namespace nn::basic
