// Accuracies: the share of answers that are right. For people to read; nothing is trained on them,
// since they are flat almost everywhere.
// Units     shares in [0, 1], not percent.
// Errors    nn::Error if shapes do not match, if a label is not in [0, L) (index, label and range are
//           named), or if there is nothing to take a share of.
#pragma once

#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// The share of the B rows whose largest score stands in the column of the label: argmax_l y[b,l] =
// t_b. y (B,L) logits or probabilities, which softmax leaves in the same order; t (B). Of equal
// scores the first counts; NaN counts as the largest (argmax_rows).
double categorical_accuracy(const Matrix& y, const std::vector<int>& t);

// The share of the B*C elements with |y - t| <= precision. y, t (B,C); precision >= 0, in the units
// of y, else nn::Error. NaN is never close to anything.
double regression_accuracy(const Matrix& y, const Matrix& t, double precision);

}  // namespace nn::basic
