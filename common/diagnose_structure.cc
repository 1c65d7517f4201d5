#include "common/diagnose_structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "common/compare_report.h"

namespace nn {
namespace {

// What a few more roundings, made to undo a ratio or a difference, may add.
constexpr double kRoundings = 8;

double unit_roundoff(const Compared& a) {
  return a.context.precision == Precision::f32 ? kUnitRoundoff32 : kUnitRoundoff64;
}

// Of a bias or of the factors of rows, so many are printed.
constexpr std::int64_t kMostShown = 4;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

// got[i] = r * want[i], where r was taken at element `origin`.
bool has_ratio(const Compared& a, std::size_t i, std::size_t origin, double r) {
  const double share = std::abs(a.want[i] / a.want[origin]);  // of the origin's error
  const double tolerance = std::abs(r) * (a.allowed[i] + share * a.allowed[origin]) +
                           kRoundings * unit_roundoff(a) * std::abs(r * a.want[i]);
  return std::abs(a.got[i] - r * a.want[i]) <= tolerance;
}

bool is_whole(double x) { return std::abs(x - std::round(x)) <= 1e-9 * std::abs(x); }

// The index of the element of largest |values[i]| in [begin, end).
std::size_t largest(std::span<const double> values, std::int64_t begin, std::int64_t end) {
  const auto less = [](double x, double y) { return std::abs(x) < std::abs(y); };
  const auto part = values.subspan(at(begin), at(end - begin));
  return at(begin + (std::ranges::max_element(part, less) - part.begin()));
}

}  // namespace

bool gives(const Compared& a, std::int64_t i, std::int64_t j) {
  return a.got[at(i)] == a.want[at(j)] ||
         std::abs(a.got[at(i)] - a.want[at(j)]) <= a.allowed[at(j)];
}

bool same_difference(const Compared& a, std::size_t i, std::size_t origin, double offset) {
  const double magnitude =
      std::abs(a.got[i]) + std::abs(a.want[i]) + std::abs(a.got[origin]) + std::abs(a.want[origin]);
  return std::abs(a.got[i] - a.want[i] - offset) <=
         a.allowed[i] + a.allowed[origin] + kRoundings * unit_roundoff(a) * magnitude;
}

std::optional<double> common_ratio(const Compared& a, std::int64_t begin, std::int64_t end) {
  if (begin == end) return {};
  const std::size_t origin = largest(a.want, begin, end);
  if (a.want[origin] == 0) return {};
  const double r = a.got[origin] / a.want[origin];
  std::int64_t nonzero = 0, wrong = 0;
  for (std::size_t i = at(begin); i < at(end); ++i) {
    if (!has_ratio(a, i, origin, r)) return {};
    nonzero += std::abs(a.want[i]) > a.allowed[i];
    wrong += a.wrong[i];
  }
  // Within a wide bound a few wrong elements have a ratio that the right ones do not contradict.
  if (2 * wrong <= nonzero) return {};
  if (r == 0 || std::abs(r - 1) <= kRoundings * unit_roundoff(a)) return {};
  if (nonzero >= 2) return r;
  if (a.integers()) return {};  // a label that is 2 and not 1 was hardly counted twice
  const double factor = std::max(std::abs(r), 1 / std::abs(r));
  // Between small whole numbers any ratio is likely to be whole: only twice and half say something.
  const bool plausible = factor == 2 || (is_whole(factor) && !is_whole(a.want[origin]));
  return plausible ? std::optional(r) : std::nullopt;
}

std::string ratio_words(double ratio, const Compared& a) {
  const double r = std::abs(ratio);
  const std::string sign = ratio < 0 ? ", and has the wrong sign" : "";
  const auto is = [&](double factor) { return std::abs(r - factor) <= 1e-6 * factor; };

  struct Extent {
    double n;
    std::string what;
  };
  const Rows n = rows_of(a.shape);
  std::vector<Extent> extents;
  if (a.shape.size() > 1) {
    extents.push_back({static_cast<double>(n.rows), "the number of rows"});
    extents.push_back({static_cast<double>(n.cols), "the number of columns"});
  }
  extents.push_back({static_cast<double>(std::ssize(a.want)), "the number of elements"});
  for (const auto& [extent, what] : extents) {
    if (extent <= 2) continue;  // 2 and 1/2 have words of their own
    if (is(extent)) {
      return fmt::format(
                 "{} times what is wanted, and {} is {}: a division by {} is missing, a "
                 "sum where a mean is meant",
                 extent, extent, what, extent) +
             sign;
    }
    if (is(1 / extent)) {
      return fmt::format(
                 "1/{} of what is wanted, and {} is {}: a division by {} too many, a mean "
                 "where a sum is meant",
                 extent, extent, what, extent) +
             sign;
    }
    if (extent > 4 && is(extent / 2)) {
      return fmt::format(
                 "{} times what is wanted, and {} is {}: a factor 2/{} is missing, as in "
                 "the derivative of a mean of squares",
                 extent / 2, extent, what, extent) +
             sign;
    }
  }
  const auto two = std::ranges::find(extents, 2.0, &Extent::n);
  if (is(2) && two != extents.end()) {
    return fmt::format(
               "twice what is wanted, and 2 is {}: a division by 2 is missing, a sum where a mean "
               "is meant; or counted twice, or added to an output that was not zero",
               two->what) +
           sign;
  }
  if (is(0.5) && two != extents.end()) {
    return fmt::format(
               "half of what is wanted, and 2 is {}: a division by 2 too many, a mean where a sum "
               "is meant; or a missing 2, as in the derivative of a square",
               two->what) +
           sign;
  }
  if (is(2)) {
    return "twice what is wanted: counted twice, added to an output that was not zero, or a "
           "missing 1/2" +
           sign;
  }
  if (is(0.5)) {
    return "half of what is wanted: a missing 2, as in the derivative of a square" + sign;
  }
  if (r > 1 && is_whole(r)) {
    return fmt::format("{} times what is wanted: a division by {} is missing", std::round(r),
                       std::round(r)) +
           sign;
  }
  if (r < 1 && is_whole(1 / r)) {
    return fmt::format("1/{} of what is wanted: a division by {} too many, or a factor left out",
                       std::round(1 / r), std::round(1 / r)) +
           sign;
  }
  return fmt::format(
             "{} times what is wanted, everywhere: a constant factor, such as a scale or "
             "the learning rate",
             number(r, 6)) +
         sign;
}

// got[r,c] = want[r,c] + d[c].
Diagnosis missing_bias(const Compared& a) {
  const Rows n = rows_of(a.shape);
  if (n.rows < 2 || n.cols < 2) return {};
  std::int64_t columns_off = 0;
  for (std::int64_t col = 0; col < n.cols; ++col) {
    const double d = a.got[at(col)] - a.want[at(col)];
    columns_off += std::abs(d) > a.allowed[at(col)];
    for (std::int64_t row = 1; row < n.rows; ++row) {
      if (!same_difference(a, at(row * n.cols + col), at(col), d)) return {};
    }
  }
  if (columns_off < 2) return {};  // one column: diagnose_place says which
  std::vector<std::string> bias;
  for (std::int64_t col = 0; col < std::min(n.cols, kMostShown); ++col) {
    bias.push_back(number(a.got[at(col)] - a.want[at(col)]));
  }
  return {Looks::missing_bias,
          fmt::format("every row is off by the same row [{}{}]: a bias not added, or added twice",
                      fmt::join(bias, " "), n.cols > kMostShown ? " ..." : "")};
}

// got[r,:] = f[r] * want[r,:].
Diagnosis ratio_per_row(const Compared& a) {
  const Rows n = rows_of(a.shape);
  if (n.rows < 2 || n.cols < 2) return {};
  std::int64_t rows_off = 0;
  std::vector<std::string> factors;
  for (std::int64_t row = 0; row < n.rows; ++row) {
    const std::int64_t begin = row * n.cols, end = begin + n.cols;
    const auto row_wrong = a.wrong.begin() + begin;
    if (std::find(row_wrong, row_wrong + n.cols, 1) == row_wrong + n.cols) continue;
    const std::optional<double> ratio = common_ratio(a, begin, end);
    if (!ratio) return {};
    if (rows_off++ < kMostShown) factors.push_back(number(*ratio));
  }
  if (rows_off < 2) return {};
  return {Looks::ratio_per_row,
          fmt::format("each row is off by a factor of its own ({}{}): a row's sum, norm or count "
                      "not divided by, or taken over the wrong elements",
                      fmt::join(factors, " "), rows_off > kMostShown ? " ..." : "")};
}

Diagnosis repeated(const Compared& a) {
  const Rows n = rows_of(a.shape);
  const std::int64_t size = n.rows * n.cols;
  const auto all_equal = [&](std::span<const double> values) {
    return std::ranges::all_of(values, [&](double x) { return x == values[0]; });
  };
  if (size >= 3 && all_equal(a.got) && !all_equal(a.want)) {
    return {Looks::repeated,
            fmt::format("every element is the same, {}: an index that never moves, or a sum over "
                        "everything in each place",
                        number(a.got[0]))};
  }
  const auto rows_equal = [&](std::span<const double> values) {
    for (std::int64_t i = n.cols; i < size; ++i) {
      if (values[at(i)] != values[at(i % n.cols)]) return false;
    }
    return true;
  };
  if (n.rows < 2 || n.cols < 2 || !rows_equal(a.got) || rows_equal(a.want)) return {};
  return {Looks::repeated, "every row is the same row: the row's number is missing in an index"};
}

namespace {

// Is values (R,C) a column times a row, each value known up to its noise? Then every
// values[r,c] * pivot = values[r,q] * values[p,c] for the largest element, values[p,q] = pivot.
// Needs two equations beyond those that define it, so 2 x 2 is too small; two rows and two columns
// must be more than noise.
bool is_column_times_row(Rows n, std::span<const double> values, std::span<const double> noise) {
  if (n.rows < 2 || n.cols < 2 || (n.rows - 1) * (n.cols - 1) < 2) return false;
  const auto index = [&](std::int64_t row, std::int64_t col) { return at(row * n.cols + col); };
  const auto pivot = static_cast<std::int64_t>(largest(values, 0, n.rows * n.cols));
  const std::int64_t p = pivot / n.cols, q = pivot % n.cols;
  const double v = values[at(pivot)];
  if (!(std::abs(v) > 4 * noise[at(pivot)]) || !std::isfinite(v)) return false;
  std::int64_t rows_alive = 0, cols_alive = 0;
  for (std::int64_t r = 0; r < n.rows; ++r) {
    rows_alive += std::abs(values[index(r, q)]) > 4 * noise[index(r, q)];
  }
  for (std::int64_t c = 0; c < n.cols; ++c) {
    cols_alive += std::abs(values[index(p, c)]) > 4 * noise[index(p, c)];
  }
  if (rows_alive < 2 || cols_alive < 2) return false;
  for (std::int64_t r = 0; r < n.rows; ++r) {
    for (std::int64_t c = 0; c < n.cols; ++c) {
      // Divided by v, so that small values do not underflow in a product of two.
      const double in_row = values[index(r, q)] / v, in_col = values[index(p, c)] / v;
      const double tolerance = noise[index(r, c)] + std::abs(in_col) * noise[index(r, q)] +
                               std::abs(in_row) * noise[index(p, c)] +
                               std::abs(in_row * in_col) * noise[at(pivot)];
      if (!(std::abs(values[index(r, c)] - in_row * in_col * v) <= tolerance)) return false;
    }
  }
  return true;
}

std::vector<double> roundings_of(const Compared& a, std::span<const double> values) {
  std::vector<double> noise(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    noise[i] = kRoundings * unit_roundoff(a) * std::abs(values[i]);
  }
  return noise;
}

}  // namespace

Diagnosis one_term_left(const Compared& a) {
  const Rows n = rows_of(a.shape);
  if (!is_column_times_row(n, a.got, roundings_of(a, a.got))) return {};
  if (is_column_times_row(n, a.want, roundings_of(a, a.want))) return {};
  return {Looks::last_write_wins,
          "one term of each sum is left, a column times a row: the last write wins, = where += is "
          "meant, or the sum's loop runs once"};
}

Diagnosis one_term_missing(const Compared& a) {
  const Rows n = rows_of(a.shape);
  std::vector<double> error(a.got.size()), noise(a.got.size());
  for (std::size_t i = 0; i < error.size(); ++i) {
    error[i] = a.got[i] - a.want[i];
    noise[i] = 2 * a.allowed[i] +
               kRoundings * unit_roundoff(a) * (std::abs(a.got[i]) + std::abs(a.want[i]));
  }
  if (!is_column_times_row(n, error, noise)) return {};
  return {Looks::missing_term,
          "one term of each sum is missing or counted twice, since the error is a column times a "
          "row: a sum that stops one short or starts at 1"};
}

Diagnosis reordered(const Compared& a) {
  constexpr std::int64_t kMostSorted = 1 << 20;  // a second or so of sorting; beyond, no word
  const std::int64_t size = std::ssize(a.want);
  if (a.wrong_count < 2 || size > kMostSorted) return {};
  const auto is_nan = [](double x) { return std::isnan(x); };  // a NaN cannot be sorted
  if (std::ranges::any_of(a.got, is_nan) || std::ranges::any_of(a.want, is_nan)) return {};
  std::vector<std::size_t> by_want(at(size));
  std::iota(by_want.begin(), by_want.end(), std::size_t{0});
  std::ranges::sort(by_want, {}, [&](std::size_t i) { return a.want[i]; });
  std::vector<double> got(a.got.begin(), a.got.end());
  std::ranges::sort(got);
  std::int64_t distinct = 1;
  for (std::size_t k = 0; k < by_want.size(); ++k) {
    const std::size_t i = by_want[k];
    if (!(got[k] == a.want[i] || std::abs(got[k] - a.want[i]) <= a.allowed[i])) return {};
    if (k > 0) distinct += a.want[i] != a.want[by_want[k - 1]];
  }
  if (distinct < 3) return {};  // of two values, such as 0 and 1, any answer is a reordering
  return {Looks::reordered,
          "the right numbers in other places: a wrong stride or index, or a wrong order"};
}

}  // namespace nn
