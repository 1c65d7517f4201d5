#include "common/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/compare_report.h"
#include "common/diagnose_structure.h"
#include "common/guarded.h"

namespace nn {

Rows rows_of(const Shape& shape) {
  const std::int64_t cols = shape.empty() ? 1 : shape.back();
  std::int64_t rows = 1;
  for (std::size_t axis = 0; axis + 1 < shape.size(); ++axis) rows *= shape[axis];
  return {rows, cols};
}

namespace {

std::int64_t size(const Compared& a) { return std::ssize(a.want); }

bool holds_poison(const Compared& a, std::size_t i) {
  if (!a.integers()) return is_poison(a.got[i]);
  return a.context.guarded && (a.got_integers[i] == poison<std::int64_t>() ||
                               a.got_integers[i] == std::int64_t{poison<std::int32_t>()});
}

// "; only row 3 is wrong ...": where the wrong elements are, if that says something.
std::string with_place(const Compared& a) {
  const Diagnosis place = diagnose_place(a);
  return place.words.empty() ? "" : "; " + place.words;
}

Diagnosis not_written(const Compared& a) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < a.got.size(); ++i) count += a.wrong[i] && holds_poison(a, i);
  if (count == 0) return {};
  const std::string how_many =
      count == size(a) ? "nothing was" : fmt::format("{} of {} elements were not", count, size(a));
  return {Looks::not_written,
          how_many + " written: what the output held before is still there (or was added to)" +
              with_place(a)};
}

Diagnosis nan_or_inf(const Compared& a) {
  std::int64_t nans = 0, infinities = 0, lost = 0;  // lost: want is NaN or inf, got is finite
  for (std::size_t i = 0; i < a.got.size(); ++i) {
    if (!a.wrong[i]) continue;
    if (!std::isfinite(a.want[i])) {
      lost += std::isfinite(a.got[i]);
    } else {
      nans += std::isnan(a.got[i]);
      infinities += std::isinf(a.got[i]);
    }
  }
  if (nans > 0) {
    return {
        Looks::nan_or_inf,
        fmt::format("NaN in {} of {} elements: 0/0, inf/inf, inf - inf, 0 * inf, the log or root "
                    "of a negative number, or memory that was never set",
                    nans, size(a)) +
            with_place(a)};
  }
  if (infinities > 0) {
    return {Looks::nan_or_inf,
            fmt::format("infinity in {} of {} elements: exp of a large number, a division by 0, or "
                        "log of 0",
                        infinities, size(a)) +
                with_place(a)};
  }
  if (lost > 0) {
    return {Looks::nan_or_inf,
            fmt::format("a NaN or infinity that should be passed on became an ordinary number in "
                        "{} of {} elements: a comparison that is false for NaN",
                        lost, size(a))};
  }
  return {};
}

Diagnosis all_zeros(const Compared& a) {
  if (std::ranges::any_of(a.got, [](double x) { return x != 0; })) return {};
  return {
      Looks::all_zeros,
      a.context.from_device
          ? "all zeros: a kernel that was not launched, that stores nothing, or whose output was "
            "not copied back"
          : "all zeros: the result is never stored or not returned, a loop that never runs, or an "
            "integer division: 1 / 4 is 0"};
}

// Nearly right means: off by what float in place of double, or another order of summation, costs.
// Relative to the element; for those below a thousandth of the largest, which are what is left
// where large terms cancel, relative to that thousandth.
Diagnosis rounding(const Compared& a) {
  if (a.integers()) return {};
  // Some 1000 roundings of float or double that did not average out: 1e3 * 6e-8; float's own 1e-4.
  const double tolerance = a.context.precision == Precision::f32 ? 1e-4 : 1e-5;
  double largest = 0;
  for (const double w : a.want) largest = std::max(largest, std::abs(w));
  bool all_are_floats = true, want_is_floats = true;
  for (std::size_t i = 0; i < a.got.size(); ++i) {
    const double scale = std::max(std::abs(a.want[i]), 1e-3 * largest);
    if (a.wrong[i] && !(std::abs(a.got[i] - a.want[i]) <= tolerance * scale)) return {};
    // A value too large for float would be undefined to convert; it is no float either.
    const auto is_float = [](double x) {
      return std::abs(x) <= 0x1.fffffep127 && static_cast<double>(static_cast<float>(x)) == x;
    };
    all_are_floats = all_are_floats && is_float(a.got[i]);
    want_is_floats = want_is_floats && is_float(a.want[i]);
  }
  if (a.context.precision == Precision::f64 && all_are_floats && !want_is_floats) {
    return {Looks::rounding,
            "rounding: nearly right, but every element is exactly a float: a float variable, "
            "parameter or literal where double is meant"};
  }
  return {Looks::rounding,
          "rounding: nearly right everywhere: float in place of double, an unstable formula, or "
          "another order of summation"};
}

Diagnosis last_term(const Compared& a) {
  const std::span<const double> last = a.context.last_terms;
  if (last.empty() || std::ssize(last) != size(a)) return {};
  for (std::size_t i = 0; i < last.size(); ++i) {
    if (!(std::abs(a.got[i] - last[i]) <= a.allowed[i])) return {};
  }
  return {Looks::last_write_wins, "the last write wins: = where += is meant"};
}

// Every wrong element, and no right one by chance, is the negative of what is wanted.
Diagnosis sign(const Compared& a) {
  std::int64_t right_nonzero = 0;
  for (std::size_t i = 0; i < a.got.size(); ++i) {
    if (!a.wrong[i]) {
      right_nonzero += a.want[i] != 0;
    } else if (!(std::abs(a.got[i] + a.want[i]) <= a.allowed[i])) {
      return {};
    }
  }
  if (right_nonzero == 0) {
    return {Looks::sign,
            "the wrong sign: a minus missing or too many, or a difference the wrong "
            "way round"};
  }
  if (a.wrong_count < 2) return {};
  return {Looks::sign,
          fmt::format("the wrong sign in {} of {} elements, and nothing else wrong: an absolute "
                      "value, a square root, or a branch on the sign",
                      a.wrong_count, size(a))};
}

Diagnosis constant_ratio(const Compared& a) {
  const std::optional<double> ratio = common_ratio(a, 0, size(a));
  if (!ratio) return {};
  return {Looks::constant_ratio, ratio_words(*ratio, a)};
}

Diagnosis constant_offset(const Compared& a) {
  if (size(a) < 2) return {};
  const double offset = a.got[0] - a.want[0];
  if (offset == 0) return {};
  for (std::size_t i = 0; i < a.got.size(); ++i) {
    if (!a.wrong[i]) return {};
    if (!same_difference(a, i, 0, offset)) return {};
  }
  return {Looks::constant_offset,
          fmt::format("every element is off by {}: a constant added once too often or not at all",
                      number(offset))};
}

// got holds want's elements with the last two axes exchanged, within each of the leading ones.
Diagnosis transposed(const Compared& a) {
  if (a.shape.size() < 2) return {};
  const std::int64_t R = a.shape[a.shape.size() - 2], C = a.shape.back();
  if (R < 2 || C < 2) return {};
  bool written_by_columns = true, read_by_columns = true;
  for (std::int64_t i = 0; i < size(a) && (written_by_columns || read_by_columns); ++i) {
    const std::int64_t start = i / (R * C) * (R * C), row = i % (R * C) / C, col = i % C;
    const std::int64_t other = start + col * R + row;
    written_by_columns = written_by_columns && gives(a, other, i);
    read_by_columns = read_by_columns && gives(a, i, other);
  }
  if (R == C && written_by_columns) {
    return {Looks::transposed, "transposed: rows and columns are swapped"};
  }
  if (written_by_columns || read_by_columns) {
    return {Looks::transposed,
            fmt::format("transposed: the right numbers, one column after the other where rows "
                        "should be: {} and {} are swapped in an index",
                        R, C)};
  }
  return {};
}

// got[.., c] = want[.., c-1] or want[.., c+1]; the same along the rows.
Diagnosis shifted_by_one(const Compared& a) {
  const Rows n = rows_of(a.shape);
  for (const bool along_cols : {true, false}) {
    const std::int64_t extent = along_cols ? n.cols : n.rows, step = along_cols ? 1 : n.cols;
    if (extent < 3) continue;
    for (const std::int64_t shift : {std::int64_t{1}, std::int64_t{-1}}) {
      std::int64_t explained = 0;  // wrong elements that the shift explains
      bool holds = true;
      for (std::int64_t i = 0; i < size(a) && holds; ++i) {
        const std::int64_t from = (along_cols ? i % n.cols : i / n.cols) - shift;
        if (from < 0 || from >= extent) continue;  // moved in from outside: may be anything
        holds = gives(a, i, i - shift * step);
        explained += a.wrong[static_cast<std::size_t>(i)];
      }
      if (!holds || explained < 2) continue;
      return {Looks::shifted_by_one,
              fmt::format("shifted by one: each {} holds what belongs in the {} one: an index off "
                          "by one",
                          n.rows == 1 || n.cols == 1 ? "element"
                          : along_cols               ? "column"
                                                     : "row",
                          shift > 0 ? "previous" : "next")};
    }
  }
  return {};
}

using Check = Diagnosis (*)(const Compared&);

// From the most specific to the least: a kind stands before those whose arrays it also explains,
// but which say less. -1 is a ratio too; a repeated row is a product of a column and a row; an
// infinite error is no ratio.
constexpr Check kChecks[] = {
    nan_or_inf,      all_zeros,     rounding,         last_term,    sign,          constant_ratio,
    constant_offset, transposed,    shifted_by_one,   missing_bias, ratio_per_row, repeated,
    diagnose_place,  one_term_left, one_term_missing, reordered,
};

}  // namespace

Diagnosis diagnose(const Compared& arrays) {
  if (!arrays.context.canary_problem.empty()) {
    return {Looks::canary_overwritten,
            "a write outside the array: a missing bounds check, or an index with the wrong stride"};
  }
  if (arrays.wrong_count == 0) return {};
  if (const Diagnosis unwritten = not_written(arrays); unwritten.kind != Looks::nothing) {
    return unwritten;
  }
  // As doubles, integers from 2^53 on are rounded, and only where they differ is certain.
  const auto is_rounded = [](double x) { return std::abs(x) >= 0x1p53; };
  if (arrays.integers() && (std::ranges::any_of(arrays.got, is_rounded) ||
                            std::ranges::any_of(arrays.want, is_rounded))) {
    return diagnose_place(arrays);
  }
  for (const Check check : kChecks) {
    Diagnosis diagnosis = check(arrays);
    if (diagnosis.kind != Looks::nothing) return diagnosis;
  }
  return {};
}

std::string first_difference(std::span<const NamedComparison> in_order) {
  const auto differs = [](const NamedComparison& c) { return !c.comparison.ok(); };
  const auto first = std::ranges::find_if(in_order, differs);
  if (first == in_order.end()) return "";
  std::string text = fmt::format("first to differ: {}", first->name);
  const std::int64_t before = first - in_order.begin();
  if (before == 1) text += " (the one before it agrees)";
  if (before > 1) text += fmt::format(" (the {} before it agree)", before);
  if (!first->comparison.looks_like.empty())
    text += "; looks like: " + first->comparison.looks_like;
  const auto broken = std::ranges::find_if(first, in_order.end(), [](const NamedComparison& c) {
    return c.comparison.looks == Looks::nan_or_inf;
  });
  if (broken != in_order.end() && broken != first) {
    text += fmt::format("; the first with a NaN or infinity: {}", broken->name);
  }
  return text;
}

}  // namespace nn
