// cross_entropy: how surprised a network is by the true labels, given its probabilities.
//   loss = mean_b -log max(p[b,t_b], kMinProbability)
// Units     nats. 0 when every true label had probability 1; log L for a network that guesses.
// Errors    nn::Error if there are not B labels, if a label is not in [0, L) (index, label and range
//           are named), if a p is not in [0, 1], if B or L is 0: the mean of nothing is no number.
// Numerics  The clamp keeps the loss finite: at most -log 1e-12 = 27.63 for one example. The
//           derivative uses the same clamp (docs/notation.md), so a network that is certain and
//           wrong still learns. NaN gives NaN.
// Source    [Goodfellow16 sec. 3.13, 6.2.2.3].
#pragma once

#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

inline constexpr double kMinProbability = 1e-12;

// p (B,L) probabilities, t (B) labels.
double cross_entropy(const Matrix& p, const std::vector<int>& t);

// grad_p (B,L): -1 / max(p, kMinProbability) / B at (b, t_b), 0 elsewhere.
Matrix cross_entropy_backward(const Matrix& p, const std::vector<int>& t);

}  // namespace nn::basic
