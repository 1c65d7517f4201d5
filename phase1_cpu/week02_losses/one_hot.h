// one_hot: labels as rows of probabilities, certain of the truth: h[b,l] = [l = t_b].
// Errors    nn::Error if L < 1 or a label is not in [0, L) (index, label and range are named).
#pragma once

#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// (B,L) from t (B) labels. B may be 0.
Matrix one_hot(const std::vector<int>& t, int L);

}  // namespace nn::basic
