#include "phase2_vectorized/week05_data/split.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/check.h"
#include "common/rng.h"
#include "phase2_vectorized/week05_data/streams.h"

namespace nn::cpu {
namespace {

// The rows of each class, ascending; nn::Error for a label outside [0, classes).
std::vector<std::vector<int>> rows_by_class(std::span<const int> labels, int classes) {
  std::vector<std::vector<int>> rows(static_cast<std::size_t>(std::max(classes, 0)));
  for (std::size_t n = 0; n < labels.size(); ++n) {
    NN_CHECK(labels[n] >= 0 && labels[n] < classes, "label ", labels[n], " at example ", n,
             "; labels are 0 to ", classes - 1);
    rows[static_cast<std::size_t>(labels[n])].push_back(static_cast<int>(n));
  }
  return rows;
}

// How many of a class's n examples go to validation.
int validation_count(int n, double share) {
  // >>> about 2 lines. README.md, "A split that is fair to every class".
  const int rounded = static_cast<int>(std::lround(share * n));
  return std::min(rounded, std::max(n - 1, 0));
  // <<< NN_TODO("validation_count");
}

}  // namespace

Split stratified_split(std::span<const int> labels, int classes, double share, std::uint64_t seed) {
  NN_CHECK(share > 0 && share < 1, "a share of ", share,
           " for validation; it lies between 0 and 1");
  NN_CHECK(!labels.empty(), "a split of no examples");
  const std::vector<std::vector<int>> by_class = rows_by_class(labels, classes);
  Split split;
  // >>> about 12 lines. README.md, "A split that is fair to every class".
  for (std::size_t label = 0; label < by_class.size(); ++label) {
    const std::vector<int>& rows = by_class[label];
    const int n = static_cast<int>(rows.size());
    Philox rng(seed, kSplitStream + label);
    const std::vector<int> order = permutation(n, rng);
    const int held_out = validation_count(n, share);
    for (int i = 0; i < n; ++i) {
      const int row = rows[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
      (i < held_out ? split.validation : split.train).push_back(row);
    }
  }
  std::ranges::sort(split.train);
  std::ranges::sort(split.validation);
  // <<< NN_TODO("stratified_split");
  if (split.validation.empty()) {
    throw Error(detail::cat("a share of ", share, " of each class's examples, ", labels.size(),
                            " in all, leaves none for validation; more examples are needed, or a "
                            "larger share"));
  }
  return split;
}

}  // namespace nn::cpu
