// What this week's functions ask of their arguments, and how they refuse. `who` is the function
// that asks, so that the message names it. All throw nn::Error.
#pragma once

#include <vector>

#include "common/check.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

inline void check_same_shape(const char* who, const Matrix& a, const Matrix& b) {
  NN_CHECK(a.rows() == b.rows() && a.cols() == b.cols(), who, ": shapes ", shape_text(a), " and ",
           shape_text(b), " must be equal");
}

// A loss is a mean, and the mean of nothing is no number.
inline void check_mean_exists(const char* who, const Matrix& y) {
  NN_CHECK(y.rows() > 0 && y.cols() > 0, who, ": shape ", shape_text(y),
           " holds no elements to take a mean of; both extents must be 1 or more");
}

// B labels, each in [0, L).
inline void check_labels(const char* who, const std::vector<int>& t, int B, int L) {
  NN_CHECK_EQ(t.size(), static_cast<std::size_t>(B), who, ": one label for each of the B rows");
  for (int b = 0; b < B; ++b) {
    NN_CHECK(t[b] >= 0 && t[b] < L, who, ": label t[", b, "] = ", t[b], " is not in [0, ", L, ")");
  }
}

// Every element in [0, 1]. NaN is let through: it is to reach the loss, where it shows.
inline void check_probabilities(const char* who, const Matrix& p) {
  for (int r = 0; r < p.rows(); ++r) {
    for (int c = 0; c < p.cols(); ++c) {
      NN_CHECK(!(p(r, c) < 0 || p(r, c) > 1), who, ": element (", r, ", ", c, ") is ", p(r, c),
               ", and a probability lies in [0, 1]; are these logits?");
    }
  }
}

}  // namespace nn::basic
