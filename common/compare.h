// The one comparator of the project: is `got` equal to `want`, up to a stated error?
//
//   Comparison c = compare(got, want, {3, 4}, Bound{.abs = 0, .rel = 4 * kUnitRoundoff64});
//   if (!c.ok()) puts(c.report().c_str());
//
// In tests: EXPECT_TRUE(close(got, want, bound)), from common/compare_gtest.h.
//
// NaN never passes unless both sides are NaN at that place and the caller said so; the test is
// written `error <= allowed`, with wrong as its negation, because `error > allowed` is false for
// NaN. Fast-math would delete even that, so this header refuses it. Equal infinities pass;
// otherwise an infinite error is wrong whatever is allowed.
//
// The report names the first wrong element and the worst, shows the first among its neighbours and
// says what the error resembles (common/diagnose.h). With NN_COMPARE_LOG set, every comparison
// leaves a line in that file (common/compare_log.h).
#pragma once

#ifdef __FAST_MATH__
#error \
    "compare.h: built with fast-math, under which NaN compares equal to anything. Remove -ffast-math / -Ofast."
#endif

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace nn {

// Extents, outermost first. {} is a scalar (one element), {0, 3} has none.
using Shape = std::vector<std::int64_t>;

std::string to_string(const Shape& shape);       // "(3, 4)"
std::int64_t element_count(const Shape& shape);  // 12; throws nn::Error on overflow
// "out[3, 2]" for row-major index 14 of shape (5, 4); "out" for a scalar.
std::string coordinates(const Shape& shape, std::int64_t index);

// Half the distance from 1 to the next number: the relative error of one rounding [Higham02 §2.1].
inline constexpr double kUnitRoundoff64 = 0x1p-53;  // double
inline constexpr double kUnitRoundoff32 = 0x1p-24;  // float

// How much may element i be off: |got[i] - want[i]| <= abs + rel * |want[i]|.
// Bound{} asks for equality. Both are 0 or more and finite, else nn::Error.
struct Bound {
  double abs = 0;
  double rel = 0;
};

// Higham's bound for a sum of n rounded products, relative to sum |x_k y_k|:
// gamma_n = n u / (1 - n u) [Higham02 §3.1].
double gamma_bound(std::int64_t n, double unit_roundoff = kUnitRoundoff64);

// The number format the result was computed in: decides what a ULP is.
enum class Precision { f32, f64 };

// What a failed comparison resembles, in the order in which common/diagnose.cc tries them. Each
// kind has tests with arrays that show it and arrays that do not (diagnose_test.cc). `nothing`
// also where the comparison passed.
enum class Looks {
  nothing,
  canary_overwritten,  // written before the start or past the end (common/guarded.h)
  not_written,         // the poison is still there where the result should be
  nan_or_inf,
  all_zeros,
  rounding,           // nearly right everywhere: order of summation, or float in place of double
  last_write_wins,    // a sum that kept one of its terms: = in place of +=
  sign,               // got = -want
  constant_ratio,     // got = r * want: a missing 1/N, a missing 2, the learning rate
  constant_offset,    // got = want + d, the same d everywhere
  transposed,         // rows and columns swapped, in memory or in the shape
  shifted_by_one,     // along the rows or along the columns
  missing_bias,       // rows differ by one and the same row
  ratio_per_row,      // each row off by a factor of its own: a row not normalised
  repeated,           // every row (or every element) of got is the same; want's are not
  one_row_or_column,  // every wrong element lies in one row or in one column
  tail,               // right until the last, partly filled block
  only_first_block,   // right in the first block, wrong after it
  missing_term,       // one term of each sum missing or doubled: the error is a column times a row
  reordered,          // the right numbers in other places
};
const char* name(Looks kind);  // "transposed"; the word X.toml uses in looks_like

// What the caller knows beyond the two arrays; all of it optional.
struct Context {
  Precision precision = Precision::f64;
  bool nan_equals_nan = false;   // NaN passes where both sides are NaN
  bool guarded = false;          // got started as poison between canaries (common/guarded.h)
  bool from_device = false;      // kernels computed got, and it was copied to the host
  std::string canary_problem{};  // which canary was overwritten, "" if none; fails the comparison
  int show_rows = 0;             // if > 0, details show so many rows of both arrays, right or wrong
  // What got would be if every sum had kept only its last term, in the shape of want; empty if not
  // known. A product of matrices needs no such hint: see diagnose.h.
  std::span<const double> last_terms{};
};

// The result of one comparison.
struct Comparison {
  Shape shape;
  std::int64_t count = 0;         // elements compared
  std::int64_t wrong = 0;         // elements outside their bound
  std::int64_t first_wrong = -1;  // row-major index of the first of them, -1 if none
  double max_abs_error = 0;       // NaN or inf where an element is
  double max_rel_error = 0;       // |got - want| / |want|, over want != 0
  double max_ulps = 0;            // in units in the last place of want, in `precision`
  std::int64_t worst = -1;        // index of the element furthest beyond its bound, -1 if none
  double worst_error = 0;         // its error
  double worst_allowed = 0;       // and its own bound
  double max_ratio = 0;           // max over i of error[i] / allowed[i]; <= 1 passes
  double max_allowed = 0;         // max over i of allowed[i]
  Looks looks = Looks::nothing;
  std::string looks_like;      // the diagnosis in words, "" if none
  std::string shape_problem;   // "" or why the arrays could not be compared at all
  std::string canary_problem;  // "" or what was written outside the array
  std::string summary;         // "out[3] = 192, want 231.5", "" if nothing is wrong
  std::string details;         // the wrong elements among their neighbours, or the whole array

  bool ok() const { return wrong == 0 && shape_problem.empty() && canary_problem.empty(); }
  std::string report() const;  // several lines of at most 80 columns; one line if ok()
};

// Compares got with want, both row-major of `shape`.
Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   Bound bound, Precision precision = Precision::f64);
Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   Bound bound, const Context& context);
// float against double, in Precision::f32.
Comparison compare(std::span<const float> got, std::span<const double> want, const Shape& shape,
                   Bound bound, const Context& context = {.precision = Precision::f32});
// With a bound of its own for each element, as a derived bound often is: 0 or more and finite
// wherever want is finite, else nn::Error.
Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   std::span<const double> allowed, Precision precision = Precision::f64);
Comparison compare(std::span<const double> got, std::span<const double> want, const Shape& shape,
                   std::span<const double> allowed, const Context& context);
// Integers are compared exactly, over the whole range of int64.
Comparison compare(std::span<const std::int64_t> got, std::span<const std::int64_t> want,
                   const Shape& shape, const Context& context = {});

// The failed comparison of two arrays whose shapes differ.
Comparison shape_mismatch(const Shape& got, const Shape& want);

}  // namespace nn
