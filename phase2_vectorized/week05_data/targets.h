// Targets: what a network is to say of each example, as classes or as numbers.
//
//   model.train(x, labels, ...);      labels: std::vector<int>, one class an example
//   model.train(x, y, ...);           y: Matrix (B,OC), a row of numbers an example
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// Somebody else's memory, as a view is.
struct Targets {
  bool are_labels = true;
  std::span<const int> labels;  // [B], where are_labels
  ConstMatrixView values;       // (B,OC), where not

  Targets() = default;
  // NOLINTBEGIN(google-explicit-constructor): so that a function of targets takes what a user has
  Targets(std::span<const int> classes) : labels(classes) {}
  Targets(const std::vector<int>& classes) : labels(classes) {}
  Targets(ConstMatrixView numbers) : are_labels(false), values(numbers) {}
  Targets(const Matrix& numbers) : are_labels(false), values(numbers) {}
  // NOLINTEND(google-explicit-constructor)

  int size() const { return are_labels ? static_cast<int>(labels.size()) : values.rows; }
  // Those of examples first .. first + count - 1.
  Targets rows(int first, int count) const {
    if (!are_labels) return {values.block(first, 0, count, values.cols)};
    return {labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count))};
  }
};

}  // namespace nn::cpu
