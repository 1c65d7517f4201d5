#include "phase2_vectorized/week04_speed/losses.h"

#include <algorithm>
#include <cmath>

#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {
namespace {

void check_pair(const char* who, NamedView y, NamedView t) {
  check_same_shape(who, y, t);
  check_mean_exists(who, y);
  check_adjacent(who, y);
  check_adjacent(who, t);
}

// And the gradient by y.
void check_gradient(const char* who, NamedView grad, NamedView y, NamedView t) {
  check_pair(who, y, t);
  check_elementwise(who, grad, y);
  check_apart(who, grad, t);
}

void check_signs(const char* who, ConstMatrixView t) {
  for (int b = 0; b < t.rows; ++b) {
    for (int c = 0; c < t.cols; ++c) {
      NN_CHECK(t(b, c) == 1 || t(b, c) == -1, who, ": target (", b, ", ", c, ") is ", t(b, c),
               "; it must be 1 or -1");
    }
  }
}

void check_classes(const char* who, ConstMatrixView p, std::span<const int> labels) {
  check_mean_exists(who, {"p", p});
  check_labels(who, labels, p.rows, p.cols);
  check_adjacent(who, {"p", p});
  check_probabilities(who, {"p", p});
}

// The mean of f(a, b) over all pairs of elements, summed in double.
template <class F>
float mean_of(ConstMatrixView a, ConstMatrixView b, F f) {
  double total = 0;
  for (int r = 0; r < a.rows; ++r) {
    for (int c = 0; c < a.cols; ++c) {
      total += f(static_cast<double>(a(r, c)), static_cast<double>(b(r, c)));
    }
  }
  return static_cast<float>(total / (static_cast<double>(a.rows) * a.cols));
}

// out = f(a, b) / (number of elements), element by element.
template <class F>
void gradient_of(MatrixView out, ConstMatrixView a, ConstMatrixView b, F f) {
  const double count = static_cast<double>(a.rows) * a.cols;
  for (int r = 0; r < a.rows; ++r) {
    for (int c = 0; c < a.cols; ++c) {
      out(r, c) =
          static_cast<float>(f(static_cast<double>(a(r, c)), static_cast<double>(b(r, c))) / count);
    }
  }
}

}  // namespace

float mse(ConstMatrixView y, ConstMatrixView t) {
  check_pair("mse", {"y", y}, {"t", t});
  // >>> about 1 line. README.md, "Losses on batches".
  return mean_of(y, t, [](double y_i, double t_i) { return (y_i - t_i) * (y_i - t_i); });
  // <<< NN_TODO("mse");
}

void mse_backward(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t) {
  check_gradient("mse_backward", {"grad_y", grad_y}, {"y", y}, {"t", t});
  // >>> about 1 line. README.md, "Losses on batches".
  gradient_of(grad_y, y, t, [](double y_i, double t_i) { return 2 * (y_i - t_i); });
  // <<< NN_TODO("mse_backward");
}

float mae(ConstMatrixView y, ConstMatrixView t) {
  check_pair("mae", {"y", y}, {"t", t});
  // >>> about 1 line. README.md, "Losses on batches".
  return mean_of(y, t, [](double y_i, double t_i) { return std::abs(y_i - t_i); });
  // <<< NN_TODO("mae");
}

void mae_backward(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t) {
  check_gradient("mae_backward", {"grad_y", grad_y}, {"y", y}, {"t", t});
  // >>> about 3 lines. README.md, "Losses on batches".
  gradient_of(grad_y, y, t, [](double y_i, double t_i) {
    return y_i > t_i ? 1.0 : y_i < t_i ? -1.0 : 0.0;
  });
  // <<< NN_TODO("mae_backward");
}

float hinge(ConstMatrixView y, ConstMatrixView t) {
  check_pair("hinge", {"y", y}, {"t", t});
  check_signs("hinge", t);
  // >>> about 3 lines. README.md, "Losses on batches".
  return mean_of(y, t, [](double y_i, double t_i) {
    return std::max(1 - t_i * y_i, 0.0);  // in this order NaN passes through std::max
  });
  // <<< NN_TODO("hinge");
}

void hinge_backward(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t) {
  check_gradient("hinge_backward", {"grad_y", grad_y}, {"y", y}, {"t", t});
  check_signs("hinge_backward", t);
  // >>> about 1 line. README.md, "Losses on batches".
  gradient_of(grad_y, y, t, [](double y_i, double t_i) { return t_i * y_i < 1 ? -t_i : 0.0; });
  // <<< NN_TODO("hinge_backward");
}

float binary_cross_entropy(ConstMatrixView p, ConstMatrixView t) {
  check_pair("binary_cross_entropy", {"p", p}, {"t", t});
  check_probabilities("binary_cross_entropy", {"p", p});
  check_probabilities("binary_cross_entropy", {"t", t});
  // >>> about 5 lines. README.md, "Losses on batches".
  return mean_of(p, t, [](double p_i, double t_i) {
    const double yes = std::max(p_i, static_cast<double>(kMinProbability));
    const double no = std::max(1 - p_i, static_cast<double>(kMinProbability));
    return -t_i * std::log(yes) - (1 - t_i) * std::log(no);
  });
  // <<< NN_TODO("binary_cross_entropy");
}

void binary_cross_entropy_backward(MatrixView grad_p, ConstMatrixView p, ConstMatrixView t) {
  check_gradient("binary_cross_entropy_backward", {"grad_p", grad_p}, {"p", p}, {"t", t});
  check_probabilities("binary_cross_entropy_backward", {"p", p});
  check_probabilities("binary_cross_entropy_backward", {"t", t});
  // >>> about 5 lines. README.md, "Losses on batches".
  gradient_of(grad_p, p, t, [](double p_i, double t_i) {
    const double yes = std::max(p_i, static_cast<double>(kMinProbability));
    const double no = std::max(1 - p_i, static_cast<double>(kMinProbability));
    return (1 - t_i) / no - t_i / yes;
  });
  // <<< NN_TODO("binary_cross_entropy_backward");
}

float focal_loss(ConstMatrixView p, std::span<const int> labels) {
  check_classes("focal_loss", p, labels);
  // >>> about 6 lines. README.md, "Losses on batches".
  double total = 0;
  for (int b = 0; b < p.rows; ++b) {
    const double q = p(b, labels[b]);
    total -= (1 - q) * (1 - q) * std::log(std::max(q, static_cast<double>(kMinProbability)));
  }
  return static_cast<float>(total / p.rows);
  // <<< NN_TODO("focal_loss");
}

void focal_loss_backward(MatrixView grad_p, ConstMatrixView p, std::span<const int> labels) {
  check_classes("focal_loss_backward", p, labels);
  check_elementwise("focal_loss_backward", {"grad_p", grad_p}, {"p", p});
  // >>> about 8 lines. README.md, "Losses on batches".
  for (int b = 0; b < p.rows; ++b) {
    const double q = p(b, labels[b]);  // before the row is overwritten, which may be p's
    const double clamped = std::max(q, static_cast<double>(kMinProbability));
    const double from_weight = 2 * (1 - q) * std::log(clamped);
    const double from_log = -(1 - q) * (1 - q) / clamped;
    std::fill_n(grad_p.row(b), p.cols, 0.0F);
    grad_p(b, labels[b]) = static_cast<float>((from_weight + from_log) / p.rows);
  }
  // <<< NN_TODO("focal_loss_backward");
}

}  // namespace nn::cpu
