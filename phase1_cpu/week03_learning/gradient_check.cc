#include "phase1_cpu/week03_learning/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/check.h"

namespace nn::basic {
namespace {

// f where element (row, col) of w has `value`. w is as it was afterwards.
double value_at(const ScalarFunction& f, Matrix& w, int row, int col, double value) {
  const double before = w(row, col);
  w(row, col) = value;
  const double result = f(w);
  w(row, col) = before;
  NN_CHECK(std::isfinite(result), "f is ", result, " where element (", row, ", ", col, ") is ",
           value, "; a difference needs finite values");
  return result;
}

double value_at(const ScalarFunction& f, const Matrix& w) {
  const double result = f(w);
  NN_CHECK(std::isfinite(result), "f(w) is ", result, "; a difference needs finite values");
  return result;
}

// Where the difference changes by more than this part of itself as h doubles, it says too little.
constexpr double kBlurred = 1e-3;

// How far to move an element of value w.
double step_for(double w, double step) {
  const double h = step * std::max(1.0, std::abs(w));
  NN_CHECK(w - h < w && w < w + h, "an element is ", w, ", which a step of ", h,
           " does not change");
  return h;
}

// The steepness of f from w - h to w, and from w to w + h.
struct Slopes {
  double left = 0;
  double right = 0;

  double mean() const { return (left + right) / 2; }  // the central difference
  double corner() const { return right - left; }      // h f'' where f is smooth
};

// Slopes by element (row, col); f_here = f(w).
Slopes slopes(const ScalarFunction& f, Matrix& w, int row, int col, double f_here, double h) {
  // w + h is rounded, so the distance really gone is `right - here`, not quite h.
  const double here = w(row, col), left = here - h, right = here + h;
  // >>> about 3 lines. README.md, "The gradient checker".
  const double f_left = value_at(f, w, row, col, left);
  const double f_right = value_at(f, w, row, col, right);
  return {(f_here - f_left) / (here - left), (f_right - f_here) / (right - here)};
  // <<< NN_TODO("slopes");
}

}  // namespace

Matrix central_difference(const ScalarFunction& f, const Matrix& w, double step) {
  NN_CHECK(step > 0, "step = ", step, "; it is above 0");
  Matrix gradient(w.rows(), w.cols());
  Matrix moved = w;
  const double f_here = value_at(f, w);
  // >>> about 6 lines. README.md, "The gradient checker".
  for (int row = 0; row < w.rows(); ++row) {
    for (int col = 0; col < w.cols(); ++col) {
      const double h = step_for(w(row, col), step);
      gradient(row, col) = slopes(f, moved, row, col, f_here, h).mean();
    }
  }
  // <<< NN_TODO("central_difference");
  return gradient;
}

GradientCheck check_gradient(const ScalarFunction& f, const Matrix& w, const Matrix& analytic,
                             double relative_noise) {
  NN_CHECK_EQ(analytic.rows(), w.rows(), "a gradient has the shape of what it is by");
  NN_CHECK_EQ(analytic.cols(), w.cols(), "a gradient has the shape of what it is by");
  NN_CHECK(w.size() > 0, "there is no element to check");
  const double f_here = value_at(f, w);
  NN_CHECK_EQ(f(w), f_here, "f gave two values for one matrix; draw what is random outside of it");

  GradientCheck check{.elements = w.size()};
  Matrix moved = w;
  double worst = -1;
  for (int row = 0; row < w.rows(); ++row) {
    for (int col = 0; col < w.cols(); ++col) {
      const double h = step_for(w(row, col), kGradientStep);
      const Slopes near = slopes(f, moved, row, col, f_here, h);
      const Slopes far = slopes(f, moved, row, col, f_here, 2 * h);
      const double numeric = near.mean();
      const double error = std::abs(analytic(row, col) - numeric);
      const double rounding = relative_noise * (std::abs(f_here) / h + std::abs(numeric));
      double unsteady = 0;  // how much the difference depends on h: truncation and kinks
      // >>> about 2 lines. README.md, "The gradient checker".
      unsteady = std::abs(far.mean() - near.mean()) + std::abs(far.corner() - 2 * near.corner());
      if (!(error <= unsteady + rounding)) ++check.wrong;
      // <<< NN_TODO("check_gradient");
      const double allowed = unsteady + rounding;
      if (unsteady > rounding + kBlurred * (std::abs(near.left) + std::abs(near.right))) {
        ++check.kinks;
      }
      const double ratio = error == 0 ? 0 : error / allowed;
      if (!(ratio <= worst)) {  // also where it is NaN, which stays the worst
        worst = std::isnan(ratio) ? std::numeric_limits<double>::infinity() : ratio;
        check.worst_row = row;
        check.worst_col = col;
        check.analytic = analytic(row, col);
        check.numeric = numeric;
        check.allowed = allowed;
      }
    }
  }
  return check;
}

std::string GradientCheck::report() const {
  const std::string verdict =
      ok()
          ? "the gradient is right"
          : (wrong > 0 ? detail::cat(wrong, " of ", elements, " elements of the gradient are wrong")
                       : "nothing was checked: f has a kink at every element; move w");
  return detail::cat(verdict, " (", kinks, " of ", elements, " at a kink); worst at (", worst_row,
                     ", ", worst_col, "): analytic ", analytic, ", numeric ", numeric,
                     ", difference ", std::abs(analytic - numeric), ", allowed ", allowed);
}

}  // namespace nn::basic
