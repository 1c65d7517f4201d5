#include "common/compare.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "common/check.h"
#include "common/compare_log.h"
#include "common/compare_report.h"
#include "common/diagnose.h"

namespace nn {

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  if (shape.size() == 1) text += ",";
  return text + ")";
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    NN_CHECK(extent >= 0, "extent ", extent, " in shape ", to_string(shape));
    NN_CHECK(extent == 0 || count <= std::numeric_limits<std::int64_t>::max() / extent, "shape ",
             to_string(shape), " has more than 2^63 - 1 elements");
    count *= extent;
  }
  return count;
}

std::string coordinates(const Shape& shape, std::int64_t index) {
  if (shape.empty()) return "out";
  Shape at(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0; index /= shape[axis]) {
    at[axis] = index % shape[axis];
  }
  std::string text = "out[";
  for (std::size_t axis = 0; axis < at.size(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(at[axis]);
  }
  return text + "]";
}

double gamma_bound(std::int64_t n, double unit_roundoff) {
  const double nu = static_cast<double>(n) * unit_roundoff;
  NN_CHECK(nu < 1, "n u = ", nu, "; the bound holds for n u < 1");
  return nu / (1 - nu);
}

namespace {

// The distance between neighbouring numbers of this precision at |x|: 2^e times 2^-52 or 2^-23,
// for 2^e <= |x| < 2^(e+1). Clearing the fraction bits of |x| leaves 2^e.
double ulp(double x, Precision precision) {
  const double smallest_normal = precision == Precision::f32 ? 0x1p-126 : 0x1p-1022;
  const auto bits = std::bit_cast<std::uint64_t>(std::max(std::abs(x), smallest_normal));
  const double power_of_two = std::bit_cast<double>(bits & 0x7ff0'0000'0000'0000);
  return power_of_two * (precision == Precision::f32 ? 0x1p-23 : 0x1p-52);
}
double ulp(std::int64_t, Precision) { return 1; }

double distance(double got, double want) { return std::abs(got - want); }
// Unsigned, so that the difference of any two int64 is exact; nonzero stays so as a double.
double distance(std::int64_t got, std::int64_t want) {
  const auto a = static_cast<std::uint64_t>(got), b = static_cast<std::uint64_t>(want);
  return static_cast<double>(got > want ? a - b : b - a);
}

bool is_finite(double x) { return std::isfinite(x); }
bool is_finite(std::int64_t) { return true; }

// A NaN replaces any number, and nothing replaces a NaN.
void raise(double& maximum, double value) {
  if (!(value <= maximum) && !std::isnan(maximum)) maximum = value;
}

template <class T>
bool both_nan(T got, T want) {
  return got != got && want != want;  // NOLINT(misc-redundant-expression): true of NaN alone
}

// The passes over the arrays that fill a Comparison. allowed_at(i) is asked for where want is
// finite; elsewhere nothing but equality passes.
template <class Got, class Want, class AllowedAt>
class Comparer {
 public:
  Comparer(std::span<const Got> got, std::span<const Want> want, const Shape& shape,
           AllowedAt allowed_at, const Context& context)
      : got_(got), want_(want), shape_(shape), allowed_at_(allowed_at), context_(context) {}

  Comparison run() {
    c_.shape = shape_;
    c_.count = element_count(shape_);
    c_.canary_problem = context_.canary_problem;
    if (std::ssize(got_) != c_.count || std::ssize(want_) != c_.count) {
      c_.wrong = c_.count;
      c_.shape_problem = detail::cat("shape ", to_string(shape_), " has ", c_.count,
                                     " elements; got ", got_.size(), ", want ", want_.size());
      if (comparison_log_wanted()) log_comparison(c_, WantProperties{}, context_.guarded);
      return c_;
    }
    for (std::size_t i = 0; i < got_.size(); ++i) measure(i);
    if (!c_.ok() || context_.show_rows > 0) explain();
    if (comparison_log_wanted()) log_comparison(c_, properties_of_want(), context_.guarded);
    return c_;
  }

 private:
  double allowed(std::size_t i) const {
    return is_finite(want_[i]) ? allowed_at_(i) * loosened_ : 0;
  }

  double error(std::size_t i) const {
    const auto got = static_cast<Want>(got_[i]);  // float to double, else the same type
    if (got == want_[i]) return 0;                // also equal infinities, whose distance is NaN
    if (context_.nan_equals_nan && both_nan(got, want_[i])) return 0;
    return distance(got, want_[i]);
  }

  bool passes(double error, double allowed) const {
    return error == 0 || (error <= allowed && error < std::numeric_limits<double>::infinity());
  }

  // Is this wrong element further beyond its bound than any before it? NaN is furthest, and of
  // equal ratios (every one is infinite where nothing is allowed) the larger error.
  bool is_worse(double error, double allowed) const {
    if (c_.worst < 0) return true;
    if (std::isnan(error) || std::isnan(c_.worst_error)) return !std::isnan(c_.worst_error);
    const double ratio = error / allowed, worst_ratio = c_.worst_error / c_.worst_allowed;
    return ratio > worst_ratio || (ratio == worst_ratio && error > c_.worst_error);
  }

  void measure(std::size_t i) {
    const double bound = allowed(i);
    raise(c_.max_allowed, bound);
    const double off = error(i);
    if (off == 0) return;
    if (!passes(off, bound)) {
      ++c_.wrong;
      if (c_.first_wrong < 0) c_.first_wrong = static_cast<std::int64_t>(i);
      if (is_worse(off, bound)) {
        c_.worst = static_cast<std::int64_t>(i);
        c_.worst_error = off;
        c_.worst_allowed = bound;
      }
    }
    raise(c_.max_abs_error, off);
    raise(c_.max_ratio, off / bound);
    if (want_[i] != 0) raise(c_.max_rel_error, off / std::abs(static_cast<double>(want_[i])));
    raise(c_.max_ulps, off / ulp(want_[i], context_.precision));
  }

  // Only for what failed or is to be shown: copies as doubles, then the words.
  void explain() {
    const std::vector<double> got(got_.begin(), got_.end()), want(want_.begin(), want_.end());
    std::vector<double> bounds(got.size());
    std::vector<std::uint8_t> wrong(got.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      bounds[i] = allowed(i);
      wrong[i] = passes(error(i), bounds[i]) ? 0 : 1;
    }
    Compared arrays{c_.shape, got, want, bounds, wrong, c_.wrong, c_.first_wrong, context_};
    if constexpr (std::is_same_v<Want, std::int64_t>) {
      arrays.got_integers = got_;
      arrays.want_integers = want_;
    }
    const Diagnosis diagnosis = diagnose(arrays);
    c_.looks = diagnosis.kind;
    c_.looks_like = diagnosis.words;
    c_.summary = summary_of(arrays);
    c_.details = details_of(arrays);
  }

  WantProperties properties_of_want() const {
    WantProperties is;
    is.roundoff = context_.precision == Precision::f32 ? kUnitRoundoff32 : kUnitRoundoff64;
    for (const Want& w : want_) {
      if (is_finite(w)) is.largest = std::max(is.largest, std::abs(static_cast<double>(w)));
    }
    is.constant = want_.size() > 1 &&
                  std::ranges::all_of(want_, [&](const Want& w) { return w == want_.front(); });
    if (shape_.size() == 2 && shape_[0] == shape_[1] && shape_[0] > 1) {
      const auto n = static_cast<std::size_t>(shape_[0]);
      is.symmetric = true;
      for (std::size_t row = 0; row < n; ++row) {
        for (std::size_t col = 0; col < row; ++col) {
          if (!(want_[row * n + col] == want_[col * n + row])) is.symmetric = false;
        }
      }
    }
    return is;
  }

  std::span<const Got> got_;
  std::span<const Want> want_;
  const Shape& shape_;
  AllowedAt allowed_at_;
  const Context& context_;
  const double loosened_ = comparison_scale();
  Comparison c_;
};

auto allowed_by(Bound bound, std::span<const double> want) {
  NN_CHECK(bound.abs >= 0 && bound.rel >= 0 && std::isfinite(bound.abs + bound.rel), "bound ",
           bound.abs, " + ", bound.rel, " |want|; both parts are 0 or more and finite");
  return [=](std::size_t i) { return bound.abs + bound.rel * std::abs(want[i]); };
}

}  // namespace

Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   Bound bound, const Context& context) {
  return Comparer(got, want, shape, allowed_by(bound, want), context).run();
}

Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   Bound bound, Precision precision) {
  return compare(got, want, shape, bound, Context{.precision = precision});
}

Comparison compare(std::span<const float> got, std::span<const double> want, const Shape& shape,
                   Bound bound, const Context& context) {
  return Comparer(got, want, shape, allowed_by(bound, want), context).run();
}

Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   std::span<const double> allowed, const Context& context) {
  NN_CHECK_EQ(allowed.size(), want.size(), "one bound an element");
  const auto allowed_at = [&](std::size_t i) {
    NN_CHECK(allowed[i] >= 0 && std::isfinite(allowed[i]), "allowed[", i, "] is ", allowed[i],
             "; a bound is 0 or more and finite");
    return allowed[i];
  };
  return Comparer(got, want, shape, allowed_at, context).run();
}

Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   std::span<const double> allowed, Precision precision) {
  return compare(got, want, shape, allowed, Context{.precision = precision});
}

Comparison compare(std::span<const std::int64_t> got, std::span<const std::int64_t> want,
                   const Shape& shape, const Context& context) {
  return Comparer(
             got, want, shape, [](std::size_t) { return 0.0; }, context)
      .run();
}

Comparison shape_mismatch(const Shape& got, const Shape& want) {
  Comparison c;
  c.shape = want;
  c.count = c.wrong = element_count(want);
  c.shape_problem = detail::cat("shape is ", to_string(got), ", want ", to_string(want));
  if (got != want && std::ranges::equal(got, Shape(want.rbegin(), want.rend()))) {
    c.looks = Looks::transposed;
    c.looks_like = "transposed: the extents are in the opposite order";
  }
  if (comparison_log_wanted()) log_comparison(c, WantProperties{}, false);
  return c;
}

namespace {

// "2 of 6 wrong; the worst, out[1, 1], is off by 2, allowed 0": error and bound are those of one
// element, since each may have a bound of its own.
std::string how_wrong(const Comparison& c) {
  int digits = 4;  // more where the two numbers would look equal
  while (digits < 17 && c.worst_error != c.worst_allowed &&
         number(c.worst_error, digits) == number(c.worst_allowed, digits)) {
    ++digits;
  }
  const std::string by = detail::cat("off by ", number(c.worst_error, digits), ", allowed ",
                                     number(c.worst_allowed, digits));
  if (c.count == 1) return by;
  const std::string how_many = c.wrong == c.count ? detail::cat("all ", c.count, " wrong")
                                                  : detail::cat(c.wrong, " of ", c.count, " wrong");
  if (c.wrong == 1) return how_many + ", " + by;
  return detail::cat(how_many, "; the worst, ", coordinates(c.shape, c.worst), ", is ", by);
}

}  // namespace

std::string Comparison::report() const {
  if (ok()) {
    if (max_abs_error == 0) return detail::cat("all ", count, " equal");
    return detail::cat("all ", count, " within their bounds, max |error| ", number(max_abs_error),
                       ", at most ", number(max_ratio), " of what is allowed");
  }
  std::string text = shape_problem;
  const auto add_line = [&text](const std::string& line) {
    if (!text.empty()) text += '\n';
    text += line;
  };
  if (shape_problem.empty() && wrong > 0) {
    const std::string counts = detail::cat("(", how_wrong(*this), ")");
    const bool fits = summary.size() + 3 + counts.size() <= kReportWidth - 2;  // ./learn indents
    add_line(fits ? summary + "   " + counts : summary + "\n" + wrap("  " + counts, "    "));
    if (!details.empty()) add_line(details);
  }
  if (!canary_problem.empty()) add_line(wrap(canary_problem, "  "));
  if (!looks_like.empty()) add_line(wrap(detail::cat("  looks like: ", looks_like), "    "));
  return text;
}

const char* name(Looks kind) {
  switch (kind) {
    case Looks::nothing:
      return "nothing";
    case Looks::canary_overwritten:
      return "canary_overwritten";
    case Looks::not_written:
      return "not_written";
    case Looks::nan_or_inf:
      return "nan_or_inf";
    case Looks::all_zeros:
      return "all_zeros";
    case Looks::rounding:
      return "rounding";
    case Looks::last_write_wins:
      return "last_write_wins";
    case Looks::sign:
      return "sign";
    case Looks::constant_ratio:
      return "constant_ratio";
    case Looks::constant_offset:
      return "constant_offset";
    case Looks::transposed:
      return "transposed";
    case Looks::shifted_by_one:
      return "shifted_by_one";
    case Looks::missing_bias:
      return "missing_bias";
    case Looks::ratio_per_row:
      return "ratio_per_row";
    case Looks::repeated:
      return "repeated";
    case Looks::one_row_or_column:
      return "one_row_or_column";
    case Looks::tail:
      return "tail";
    case Looks::only_first_block:
      return "only_first_block";
    case Looks::missing_term:
      return "missing_term";
    case Looks::reordered:
      return "reordered";
  }
  return "nothing";
}

}  // namespace nn
