// Is a gradient right? Compares derivatives somebody worked out with differences of the function.
//
//   f(w + h) - f(w - h)        h too large: the curve bends between the two points
//   -------------------        h too small: the two values agree in nearly every digit, and what
//           2 h                is left of them after subtracting is mostly rounding
//
// Source   [Press07 sec. 5.7] the central difference and its step; [CS231n, "Gradient checks"] what goes
//          wrong. Theirs is one relative tolerance for all; ours is an error bound an element.
#pragma once

#include <functional>
#include <string>

#include "common/compare.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// A loss, as a function of one of its matrices. The same matrix must give the same finite value
// each time: what is random (a dropout mask, a batch) is drawn outside.
using ScalarFunction = std::function<double(const Matrix&)>;

// An element w is moved by h = kGradientStep * max(1, |w|). The cube root of the unit roundoff,
// 4.8e-6, is where the two errors above meet [Press07 sec. 5.7].
inline constexpr double kGradientStep = 4.8e-6;

// (M,N): the derivative of f by each element of w (M,N), by central differences: two evaluations
// of f an element. `step` > 0 replaces kGradientStep. Throws nn::Error if a value of f is not
// finite.
Matrix central_difference(const ScalarFunction& f, const Matrix& w, double step = kGradientStep);

// The verdict on a gradient.
struct GradientCheck {
  int elements = 0;
  int wrong = 0;  // |analytic - numeric| is more than the difference can be off by; NaN is wrong
  int kinks = 0;  // f has a corner near here (ReLU at 0): too little is known to judge

  // The element with the largest |analytic - numeric| / allowed.
  int worst_row = 0;
  int worst_col = 0;
  double analytic = 0;
  double numeric = 0;
  double allowed = 0;

  // None wrong, and not everything was a kink.
  bool ok() const { return wrong == 0 && kinks < elements; }
  std::string report() const;  // one line for a person
};

// Compares `analytic` (M,N), claimed to be the derivative of f by w (M,N), with differences: four
// evaluations of f an element. relative_noise: how exactly f is computed, in parts of its value; the
// default suits a loss summed from some hundred terms [Higham02 sec. 3.1].
// Throws nn::Error if the shapes disagree or are empty, if a value of f is not finite, or if f gives
// two values for one matrix.
//
// What is allowed. With the slopes to the left and to the right over a distance h, l(h) and r(h),
// their mean D(h) = (l + r) / 2, the central difference, and the corner K(h) = r - l:
//   |D(2h) - D(h)|             truncation: D(h) is off by h^2 f'''/6; this is three times as much
//   |K(2h) - 2 K(h)|           a kink: K doubles with h where f is smooth, and nowhere else
//   relative_noise (|f| / h + |D|)   rounding: two values, each off by noise |f|, divided by 2h
// A right gradient stays below their sum also where f has one kink: README.md, "The gradient checker".
GradientCheck check_gradient(const ScalarFunction& f, const Matrix& w, const Matrix& analytic,
                             double relative_noise = 100 * kUnitRoundoff64);

}  // namespace nn::basic
