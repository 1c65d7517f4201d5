// Accuracies of phase 2: how many answers of a batch are right. Counts, not shares, since batches are
// of different sizes: the share of an epoch is all that were right over all there were.
// Errors    nn::Error if shapes do not match, if a label is not in range (index, label and range are
//           named).
#pragma once

#include <cstdint>
#include <span>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// Right answers, of so many.
struct Tally {
  std::int64_t right = 0;
  std::int64_t of = 0;

  // Of one batch after the other.
  Tally& operator+=(const Tally& batch);
  // right / of; NaN where there were none, since no share of nothing is right.
  double share() const;
};

// Rows of y (B,L) whose largest score, the first of equals, stands in the column of the label. NaN counts
// as the largest (docs/notation.md, argmax_rows), so what is no number is no right answer but by luck.
Tally categorical_tally(ConstMatrixView y, std::span<const int> labels);

// Elements of p (B,OC) on the same side of `threshold` as t (B,OC): "yes" is above it, in both. NaN is
// on no side.
Tally binary_tally(ConstMatrixView p, ConstMatrixView t, float threshold);

// Elements of y (B,OC) with |y - t| <= precision. NaN is never close.
Tally regression_tally(ConstMatrixView y, ConstMatrixView t, float precision);

// The precision that RegressionAccuracy asks for: 1/250 of the standard deviation of all elements of t
// (N,OC), the root of their mean squared distance from their mean, in double; nn::Error if there are none.
float regression_precision(ConstMatrixView t);

}  // namespace nn::cpu
