// How a classifier did: which class was taken for which, and what that comes to for each class.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace nn {

// A confusion matrix of L classes.
struct ClassCounts {
  int L = 0;
  std::vector<std::int64_t> counts;  // (L,L) row true, column predicted

  std::int64_t examples() const;
  std::int64_t right() const;
  std::int64_t are(int l) const;     // examples of class l
  std::int64_t called(int l) const;  // examples that were called l
  // Of those called l, the share that is; of those that are, the share called so; and 2 p r / (p + r), which
  // is near the smaller of the two. NaN where there is nothing to take a share of.
  double precision(int l) const;
  double recall(int l) const;
  double f1(int l) const;
};

// One label and one answer for each example, each in [0, L), L >= 1; else nn::Error.
ClassCounts count_classes(std::span<const int> labels, std::span<const int> answers, int L);

// A row for each class: name, examples, precision, recall, as texts; "-" for what is NaN.
std::vector<std::vector<std::string>> class_rows(const ClassCounts& counts,
                                                 std::span<const std::string> class_names);

// Both as text for a terminal, with F1, and the confusion matrix with true classes down.
std::string class_table_text(const ClassCounts& counts, std::span<const std::string> class_names);
std::string confusion_text(const ClassCounts& counts, std::span<const std::string> class_names);

}  // namespace nn
