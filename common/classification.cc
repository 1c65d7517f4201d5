#include "common/classification.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "common/check.h"

namespace nn {
namespace {

constexpr std::size_t kNameWidth = 14;  // columns of a class's name in a table

double share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.2f} %", 100 * value);
}

std::string short_name(const std::string& name) {
  return name.size() <= kNameWidth ? name : name.substr(0, kNameWidth - 1) + "~";
}

void check_names(const ClassCounts& counts, std::span<const std::string> class_names) {
  NN_CHECK_EQ(std::ssize(class_names), counts.L, "one name a class");
}

}  // namespace

std::int64_t ClassCounts::examples() const {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts) sum += count;
  return sum;
}

std::int64_t ClassCounts::right() const {
  std::int64_t sum = 0;
  for (int l = 0; l < L; ++l) sum += counts[static_cast<std::size_t>(l * L + l)];
  return sum;
}

std::int64_t ClassCounts::are(int l) const {
  std::int64_t sum = 0;
  for (int k = 0; k < L; ++k) sum += counts[static_cast<std::size_t>(l * L + k)];
  return sum;
}

std::int64_t ClassCounts::called(int l) const {
  std::int64_t sum = 0;
  for (int k = 0; k < L; ++k) sum += counts[static_cast<std::size_t>(k * L + l)];
  return sum;
}

double ClassCounts::precision(int l) const {
  return share(counts[static_cast<std::size_t>(l * L + l)], called(l));
}

double ClassCounts::recall(int l) const {
  return share(counts[static_cast<std::size_t>(l * L + l)], are(l));
}

double ClassCounts::f1(int l) const {
  return share(2 * counts[static_cast<std::size_t>(l * L + l)], are(l) + called(l));
}

ClassCounts count_classes(std::span<const int> labels, std::span<const int> answers, int L) {
  NN_CHECK(L >= 1, "there are ", L, " classes; it takes at least one");
  NN_CHECK_EQ(labels.size(), answers.size(), "one answer an example");
  ClassCounts counts{
      L, std::vector<std::int64_t>(static_cast<std::size_t>(L) * static_cast<std::size_t>(L))};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    NN_CHECK(labels[i] >= 0 && labels[i] < L && answers[i] >= 0 && answers[i] < L, "example ", i,
             " is ", labels[i], " and was called ", answers[i], "; classes are 0 to ", L - 1);
    ++counts.counts[static_cast<std::size_t>(labels[i]) * static_cast<std::size_t>(L) +
                    static_cast<std::size_t>(answers[i])];
  }
  return counts;
}

std::vector<std::vector<std::string>> class_rows(const ClassCounts& counts,
                                                 std::span<const std::string> class_names) {
  check_names(counts, class_names);
  std::vector<std::vector<std::string>> rows;
  for (int l = 0; l < counts.L; ++l) {
    rows.push_back({class_names[static_cast<std::size_t>(l)], fmt::format("{}", counts.are(l)),
                    percent(counts.precision(l)), percent(counts.recall(l))});
  }
  return rows;
}

std::string class_table_text(const ClassCounts& counts, std::span<const std::string> class_names) {
  const std::vector<std::vector<std::string>> rows = class_rows(counts, class_names);
  std::string text = fmt::format("{:<{}}{:>9}{:>11}{:>11}{:>11}\n", "class", kNameWidth, "examples",
                                 "precision", "recall", "F1");
  for (int l = 0; l < counts.L; ++l) {
    const std::vector<std::string>& row = rows[static_cast<std::size_t>(l)];
    text += fmt::format("{:<{}}{:>9}{:>11}{:>11}{:>11}\n", short_name(row[0]), kNameWidth, row[1],
                        row[2], row[3], percent(counts.f1(l)));
  }
  return text;
}

std::string confusion_text(const ClassCounts& counts, std::span<const std::string> class_names) {
  check_names(counts, class_names);
  // As wide as the widest number or class number, and a blank.
  std::size_t width = fmt::format("{}", counts.L - 1).size();
  for (const std::int64_t count : counts.counts) {
    width = std::max(width, fmt::format("{}", count).size());
  }
  width += 1;
  std::string text = fmt::format("{:<{}}", "true \\ said", kNameWidth + 3);
  for (int k = 0; k < counts.L; ++k) text += fmt::format("{:>{}}", k, width);
  text += "\n";
  for (int l = 0; l < counts.L; ++l) {
    text += fmt::format("{:<{}}{:>3}", short_name(class_names[static_cast<std::size_t>(l)]),
                        kNameWidth, l);
    for (int k = 0; k < counts.L; ++k) {
      const std::int64_t count = counts.counts[static_cast<std::size_t>(l * counts.L + k)];
      text += fmt::format("{:>{}}", count == 0 ? "." : fmt::format("{}", count), width);
    }
    text += "\n";
  }
  return text;
}

}  // namespace nn
