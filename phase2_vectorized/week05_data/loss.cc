#include "phase2_vectorized/week05_data/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/check.h"
#include "phase2_vectorized/week04_speed/activations.h"
#include "phase2_vectorized/week04_speed/losses.h"
#include "phase2_vectorized/week04_speed/softmax_loss.h"
#include "phase2_vectorized/week04_speed/softmax_rows.h"

namespace nn::cpu {
namespace {

template <class... Parts>
[[noreturn]] void refuse(const Loss& loss, const Parts&... parts) {
  throw Error(detail::cat(loss.name(), ": ", parts...));
}

void check_range(const Loss& loss, std::span<const int> labels, int L, const std::string& why) {
  for (std::size_t b = 0; b < labels.size(); ++b) {
    if (labels[b] < 0 || labels[b] >= L) {
      refuse(loss, "label ", b, " is ", labels[b], "; labels are 0 to ", L - 1, ", ", why);
    }
  }
}

void check_shape(const Loss& loss, ConstMatrixView values, int OC) {
  if (values.cols != OC) {
    refuse(loss, "the targets have ", values.cols, " numbers an example, and the network has ", OC,
           " outputs; they must be as many");
  }
}

// nn::Error that names the first element for which `allowed` does not hold.
template <class Allowed>
void check_values(const Loss& loss, ConstMatrixView values, const char* what, Allowed allowed) {
  for (int b = 0; b < values.rows; ++b) {
    for (int c = 0; c < values.cols; ++c) {
      if (!allowed(values(b, c))) {
        refuse(loss, "target (", b, ", ", c, ") is ", values(b, c), "; targets are ", what);
      }
    }
  }
}

// The first column with the row's largest number.
void argmax(std::span<int> said, ConstMatrixView p) {
  for (int b = 0; b < p.rows; ++b) {
    int best = 0;
    for (int l = 1; l < p.cols; ++l) {
      if (p(b, l) > p(b, best)) best = l;
    }
    said[static_cast<std::size_t>(b)] = best;
  }
}

}  // namespace

// ---- classes

void CategoricalCrossEntropy::check_targets(const Targets& t, int OC) const {
  if (!t.are_labels) refuse(*this, "targets are labels, one class an example, not rows of numbers");
  check_range(*this, t.labels, OC, detail::cat("since the network has ", OC, " outputs"));
}

double CategoricalCrossEntropy::loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const {
  return softmax_cross_entropy(grad_z, z, t.labels);
}

void CategoricalCrossEntropy::predictions(MatrixView p, ConstMatrixView z) const { softmax(p, z); }

void CategoricalCrossEntropy::classes(std::span<int> said, ConstMatrixView p) const {
  argmax(said, p);
}

void BinaryCrossEntropy::check_targets(const Targets& t, int OC) const {
  if (t.are_labels) {
    if (OC != 1) {
      refuse(*this, "labels are for a network of one output; this has ", OC,
             ". Give a row of numbers from 0 to 1 an example");
    }
    check_range(*this, t.labels, 2, "no and yes");
    return;
  }
  check_shape(*this, t.values, OC);
  check_values(*this, t.values, "numbers from 0 to 1",
               [](float value) { return value >= 0 && value <= 1; });
}

double BinaryCrossEntropy::loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const {
  const double count = double{1} * z.rows * z.cols;
  double sum = 0;
  for (int b = 0; b < z.rows; ++b) {
    for (int c = 0; c < z.cols; ++c) {
      const double logit = z(b, c);
      const double target =
          t.are_labels ? t.labels[static_cast<std::size_t>(b)] : double{t.values(b, c)};
      const double e = std::exp(-std::abs(logit));
      sum += std::max(logit, 0.0) - logit * target + std::log1p(e);
      const double p = logit >= 0 ? 1 / (1 + e) : e / (1 + e);
      grad_z(b, c) = static_cast<float>((p - target) / count);
    }
  }
  return sum / count;
}

void BinaryCrossEntropy::predictions(MatrixView p, ConstMatrixView z) const { sigmoid(p, z); }

void BinaryCrossEntropy::classes(std::span<int> said, ConstMatrixView p) const {
  if (p.cols != 1) refuse(*this, "a network of ", p.cols, " outputs has no one class an example");
  for (int b = 0; b < p.rows; ++b) said[static_cast<std::size_t>(b)] = p(b, 0) > 0.5F ? 1 : 0;
}

// ---- numbers

void RegressionLoss::check_targets(const Targets& t, int OC) const {
  if (t.are_labels) refuse(*this, "targets are rows of numbers, not labels");
  check_shape(*this, t.values, OC);
  check_values(*this, t.values, "finite", [](float value) { return std::isfinite(value); });
}

void RegressionLoss::predictions(MatrixView p, ConstMatrixView z) const { identity(p, z); }

void RegressionLoss::classes(std::span<int> /*said*/, ConstMatrixView /*p*/) const {
  refuse(*this, "predictions are numbers and have no class");
}

double MeanSquaredError::loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const {
  mse_backward(grad_z, z, t.values);
  return mse(z, t.values);
}

double MeanAbsoluteError::loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const {
  mae_backward(grad_z, z, t.values);
  return mae(z, t.values);
}

std::unique_ptr<Loss> make_loss(const std::string& name) {
  std::unique_ptr<Loss> losses[] = {
      std::make_unique<CategoricalCrossEntropy>(), std::make_unique<BinaryCrossEntropy>(),
      std::make_unique<MeanSquaredError>(), std::make_unique<MeanAbsoluteError>()};
  std::string names;
  for (std::unique_ptr<Loss>& loss : losses) {
    if (loss->name() == name) return std::move(loss);
    names += (names.empty() ? "" : ", ") + loss->name();
  }
  throw Error(detail::cat("there is no loss \"", name, "\"; there are ", names));
}

}  // namespace nn::cpu
