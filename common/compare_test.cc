#include "common/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "common/check.h"
#include "common/compare_gtest.h"
#include "common/test_files.h"

namespace nn {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

using Doubles = std::vector<double>;
using Integers = std::vector<std::int64_t>;

Comparison compare_one(double got, double want, Bound bound) {
  return compare(Doubles{got}, Doubles{want}, {1}, bound);
}

// Neither constant nor symmetric, no two elements alike.
Doubles varied(std::int64_t n) {
  Doubles values(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::sin(1 + static_cast<double>(i)) + 1.5;
  }
  return values;
}

TEST(Shape, IsWrittenAsNumPyWritesIt) {
  EXPECT_EQ(to_string(Shape{}), "()");
  EXPECT_EQ(to_string(Shape{3}), "(3,)");
  EXPECT_EQ(to_string(Shape{3, 0, 4}), "(3, 0, 4)");
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({3, 0, 4}), 0);
  EXPECT_THROW(element_count({1 << 30, 1 << 30, 1 << 30}), Error);
  EXPECT_THROW(element_count({-1}), Error);
}

TEST(Shape, CoordinatesAreRowMajor) {
  EXPECT_EQ(coordinates({5, 4}, 14), "out[3, 2]");
  EXPECT_EQ(coordinates({2, 3, 4}, 23), "out[1, 2, 3]");
  EXPECT_EQ(coordinates({7}, 6), "out[6]");
  EXPECT_EQ(coordinates({}, 0), "out");
}

TEST(Compare, NanNeverPasses) {
  const Bound generous{.abs = 1e300, .rel = 1};
  EXPECT_FALSE(compare_one(kNan, 1.0, generous).ok());
  EXPECT_FALSE(compare_one(1.0, kNan, generous).ok());
  EXPECT_FALSE(compare_one(kNan, kNan, generous).ok());
  EXPECT_FALSE(compare_one(-kNan, kNan, generous).ok());
}

TEST(Compare, BothNanPassWhereTheCallerSaysSo) {
  const Context context{.nan_equals_nan = true};
  EXPECT_TRUE(compare(Doubles{kNan, 1}, Doubles{kNan, 1}, {2}, Bound{}, context).ok());
  EXPECT_FALSE(compare(Doubles{kNan, 1}, Doubles{1, kNan}, {2}, Bound{}, context).ok());
}

TEST(Compare, EqualInfinitiesPassAndOthersFailWhateverIsAllowed) {
  for (const Bound bound : {Bound{}, Bound{.rel = 1}, Bound{.abs = 1e300, .rel = 1e10}}) {
    EXPECT_TRUE(compare_one(kInf, kInf, bound).ok());
    EXPECT_TRUE(compare_one(-kInf, -kInf, bound).ok());
    EXPECT_FALSE(compare_one(-kInf, kInf, bound).ok());
    EXPECT_FALSE(compare_one(1, kInf, bound).ok());  // rel * inf would allow it
    EXPECT_FALSE(compare_one(kInf, 1, bound).ok());
  }
}

// A bound relative to a large number may itself overflow to infinity.
TEST(Compare, AnInfiniteErrorFailsUnderAnInfiniteBound) {
  EXPECT_FALSE(compare_one(kInf, 1e300, Bound{.rel = 1e10}).ok());
  EXPECT_FALSE(compare_one(-1.7e308, 1.7e308, Bound{.rel = 1e10}).ok());
  EXPECT_TRUE(compare_one(1.6e308, 1.7e308, Bound{.rel = 1e10}).ok());
}

TEST(Compare, TheBoundItselfPassesAndTheNextNumberDoesNot) {
  const Bound bound{.abs = 0.25, .rel = 0.125};  // allowed at 2: 0.5, all of it exact
  EXPECT_TRUE(compare_one(2.5, 2, bound).ok());
  EXPECT_TRUE(compare_one(1.5, 2, bound).ok());
  EXPECT_FALSE(compare_one(std::nextafter(2.5, 3), 2, bound).ok());
  EXPECT_FALSE(compare_one(std::nextafter(1.5, 1), 2, bound).ok());
  EXPECT_TRUE(compare_one(-2.5, -2, bound).ok());  // rel of |want|
}

TEST(Compare, ZeroAndMinusZeroAreEqual) { EXPECT_TRUE(compare_one(-0.0, 0.0, Bound{}).ok()); }

TEST(Compare, CountsAndMeasures) {
  const Doubles want{1, 2, 4, -8}, got{1.5, 2, 4.25, -10};
  const Comparison c = compare(got, want, {2, 2}, Bound{.abs = 0.25});
  EXPECT_EQ(c.count, 4);
  EXPECT_EQ(c.wrong, 2);
  EXPECT_EQ(c.first_wrong, 0);
  EXPECT_EQ(c.max_abs_error, 2);
  EXPECT_EQ(c.max_rel_error, 0.5);
  EXPECT_EQ(c.max_allowed, 0.25);
  EXPECT_EQ(c.max_ratio, 8);
}

TEST(Compare, ANanStaysInTheMaxima) {
  const Comparison c = compare(Doubles{1, kNan, 5}, Doubles{2, 2, 2}, {3}, Bound{.abs = 10});
  EXPECT_TRUE(std::isnan(c.max_abs_error));
  EXPECT_TRUE(std::isnan(c.max_ratio));
  EXPECT_EQ(c.wrong, 1);
  EXPECT_EQ(c.first_wrong, 1);
}

TEST(Compare, UlpsAreThoseOfThePrecision) {
  const double next = std::nextafter(1.0, 2.0);
  EXPECT_EQ(compare_one(next, 1, Bound{.abs = 1}).max_ulps, 1);
  EXPECT_EQ(compare_one(1, next, Bound{.abs = 1}).max_ulps, 1);
  const float next_float = std::nextafter(1.0f, 2.0f);
  EXPECT_EQ(compare(std::vector{next_float}, Doubles{1}, {1}, Bound{.abs = 1}).max_ulps, 1);
  // Just below a power of two the numbers stand twice as close.
  EXPECT_EQ(compare_one(1, std::nextafter(1.0, 0.0), Bound{.abs = 1}).max_ulps, 1);
  // At 0 a ULP is that of the smallest normal number, the smallest step there is.
  EXPECT_EQ(compare_one(0x1p-1074, 0, Bound{.abs = 1}).max_ulps, 1);
  EXPECT_EQ(compare(std::vector{0x1p-149f}, Doubles{0}, {1}, Bound{.abs = 1}).max_ulps, 1);
}

TEST(Compare, FloatIsHeldAgainstDouble) {
  const float third = 1.0f / 3;
  const Bound one_rounding{.rel = kUnitRoundoff32};
  EXPECT_TRUE(compare(std::vector{third}, Doubles{1.0 / 3}, {1}, one_rounding).ok());
  const Bound quarter{.rel = kUnitRoundoff32 / 4};
  EXPECT_FALSE(compare(std::vector{third}, Doubles{1.0 / 3}, {1}, quarter).ok());
}

TEST(Compare, ABoundForEachElement) {
  const Doubles want{1, 1, 1}, got{1.5, 1.25, 1};
  EXPECT_TRUE(compare(got, want, {3}, Doubles{0.5, 0.25, 0}).ok());
  const Comparison c = compare(got, want, {3}, Doubles{0.5, 0.2, 0});
  EXPECT_EQ(c.first_wrong, 1);
}

TEST(Compare, RefusesABoundThatIsNoBound) {
  EXPECT_THROW(compare_one(1, 1, Bound{.abs = kNan}), Error);
  EXPECT_THROW(compare_one(1, 1, Bound{.rel = -1}), Error);
  EXPECT_THROW(compare_one(1, 1, Bound{.abs = kInf}), Error);
  EXPECT_THROW(compare(Doubles{1}, Doubles{1}, {1}, Doubles{kNan}), Error);
  EXPECT_THROW(compare(Doubles{1}, Doubles{1}, {1}, Doubles{1, 2}), Error);
  // A bound derived from an infinite want is NaN or infinite, and is not asked for.
  EXPECT_TRUE(compare(Doubles{kInf}, Doubles{kInf}, {1}, Doubles{kNan}).ok());
}

TEST(Compare, EmptyArraysAndScalars) {
  EXPECT_TRUE(compare(Doubles{}, Doubles{}, {0, 3}, Bound{}).ok());
  EXPECT_EQ(compare(Doubles{}, Doubles{}, {0, 3}, Bound{}).report(), "all 0 equal");
  const Comparison c = compare(Doubles{3}, Doubles{4.5}, {}, Bound{});
  EXPECT_EQ(c.report(), "out = 3, want 4.5   (off by 1.5, allowed 0)");
}

TEST(Compare, TooFewElementsAreNamed) {
  const Comparison c = compare(Doubles{1, 2}, Doubles{1, 2, 3}, {3}, Bound{});
  EXPECT_FALSE(c.ok());
  EXPECT_TRUE(says(c.report(), "shape (3,) has 3 elements; got 2, want 3"));
}

// As doubles these two are the same number.
TEST(Compare, IntegersBeyondTwoToThe53AreExact) {
  const std::int64_t big = (std::int64_t{1} << 53) + 1;
  EXPECT_FALSE(compare(Integers{big}, Integers{big - 1}, {1}).ok());
  EXPECT_TRUE(compare(Integers{big}, Integers{big}, {1}).ok());
  constexpr std::int64_t low = std::numeric_limits<std::int64_t>::min(), high = ~low;
  const Comparison c = compare(Integers{low, 7}, Integers{high, 7}, {2});
  EXPECT_EQ(c.wrong, 1);
  EXPECT_EQ(c.max_abs_error, 0x1p64);
  EXPECT_TRUE(says(c.report(), "out[0] = -9223372036854775808, want 9223372036854775807"));
}

TEST(Report, NamesTheFirstWrongElementAmongItsNeighbours) {
  const Doubles want{251.3, 260.1, 248.7, 231.5}, got{251.3, 260.1, 248.7, 192.0};
  EXPECT_EQ(compare(got, want, {4}, Bound{.abs = 2.3e-5}).report(),
            "out[3] = 192, want 231.5   (1 of 4 wrong, off by 39.5, allowed 2.3e-05)\n"
            "  yours  251.3  260.1  248.7   [192]      want  251.3  260.1  248.7 [231.5]\n"
            "  looks like: only the last of 4 elements is wrong: a loop that stops one short");
}

TEST(Report, ShowsSmallMatricesWhole) {
  const Doubles want{1, 2, 3, 4, 5, 6}, got{1, 2, 3.5, 4, 7, 6};
  EXPECT_EQ(compare(got, want, {2, 3}, Bound{}).report(),
            "out[0, 2] = 3.5, want 3\n"
            "  (2 of 6 wrong; the worst, out[1, 1], is off by 2, allowed 0)\n"
            "  yours         want\n"
            "   1  2 [3.5]    1  2   [3]\n"
            "   4 [7]   6     4 [5]   6");
}

// Where each element has its own bound, the largest error and the largest bound may be those of
// two others, and the one within the other.
TEST(Report, ShowsErrorAndBoundOfTheSameElement) {
  const Doubles want{1, 100, 1e6, 1}, allowed{0.5, 10, 1000, 0.25};
  const Comparison c = compare(Doubles{2, 100, 1e6 + 900, 3}, want, {4}, allowed);
  EXPECT_EQ(c.worst, 3);
  EXPECT_EQ(c.max_abs_error, 900);
  EXPECT_TRUE(says(c.report(), "(2 of 4 wrong; the worst, out[3], is off by 2, allowed 0.25)"));
}

TEST(Report, TheWorstIsANanAndElseTheLargerErrorWhereNothingIsAllowed) {
  const Doubles want{1, 1, 1, 1};
  EXPECT_EQ(compare(Doubles{2, kNan, 9, kNan}, want, {4}, Bound{.abs = 0.5}).worst, 1);
  EXPECT_EQ(compare(Doubles{2, 4, 9, 3}, want, {4}, Bound{}).worst, 2);
  EXPECT_EQ(compare(want, want, {4}, Bound{}).worst, -1);
}

TEST(Report, TellsAnErrorFromABoundThatItJustExceeds) {
  EXPECT_TRUE(
      says(compare_one(1.000001, 0, Bound{.abs = 1}).report(), "(off by 1.000001, allowed 1)"));
}

TEST(Report, PrintsDigitsEnoughToTellTheTwoApart) {
  const Comparison c = compare_one(1 + 1e-12, 1, Bound{});
  EXPECT_TRUE(says(c.report(), "out[0] = 1.000000000001, want 1 "));
}

// x86 sets the sign of 0 / 0, Arm does not.
TEST(Report, ANanHasNoSign) {
  const std::string report = compare_one(-kNan, 1, Bound{}).report();
  EXPECT_TRUE(says(report, "out[0] = nan, want 1 ")) << report;
  EXPECT_FALSE(says(report, "-nan")) << report;
}

TEST(Report, DrawsWhereTheErrorIs) {
  const Doubles want = varied(20 * 64);
  Doubles got = want;
  for (std::size_t row = 10; row < 20; ++row) got[row * 64 + 40] += 1 + static_cast<double>(row);
  const std::string report = compare(got, want, {20, 64}, Bound{}).report();
  EXPECT_TRUE(says(report, "where (each x or . stands for about 1 row and 2 columns; "));
  EXPECT_TRUE(says(report, "\n    ................................\n"));
  EXPECT_TRUE(says(report, "\n    ....................x...........\n"));
  EXPECT_TRUE(says(report, "out[10, 40] = "));
}

// Brackets mark some among others; around everything they would mark nothing.
TEST(Report, SaysThatAllAreWrongAndBracketsNone) {
  const Doubles want{1, 2, 3, 4, 5, 6}, got{2, 3.5, 3.25, 7, 5.5, 8};
  EXPECT_EQ(compare(got, want, {2, 3}, Bound{}).report(),
            "out[0, 0] = 2, want 1\n"
            "  (all 6 wrong; the worst, out[1, 0], is off by 3, allowed 0)\n"
            "  yours            want\n"
            "   2  3.5  3.25     1    2     3\n"
            "   7  5.5     8     4    5     6");
}

TEST(Report, DrawsNoPictureOfAnErrorThatIsEverywhere) {
  const Doubles want = varied(20 * 64);
  Doubles got = want;
  for (std::size_t i = 0; i < got.size(); ++i) got[i] += static_cast<double>(i * i % 7) + 1;
  const std::string all = compare(got, want, {20, 64}, Bound{}).report();
  EXPECT_TRUE(says(all, "(all 1280 wrong; "));
  EXPECT_FALSE(says(all, "where"));
  EXPECT_EQ(std::ranges::count(all, '['), 2) << all;  // of the first, out[0, 0], and the worst
  for (std::size_t i = 0; i < got.size(); i += 2) got[i] = want[i];
  const std::string half = compare(got, want, {20, 64}, Bound{}).report();
  EXPECT_TRUE(says(half, "(640 of 1280 wrong; "));
  EXPECT_TRUE(says(half, "\n  where: all over, in every piece of about 1 row and 2 columns"));
  EXPECT_FALSE(says(half, "xx"));
}

TEST(Report, IsNeverWiderThan80Columns) {
  for (const Shape& shape : std::vector<Shape>{
           {1}, {3}, {8}, {9}, {1000}, {8, 8}, {7, 3}, {33, 129}, {2, 3, 31, 33}, {127, 1}}) {
    const Doubles want = varied(element_count(shape));
    for (const double factor : {2.0, 1 + 1e-13, -1e-300, 1e300, kNan}) {
      Doubles got = want;
      for (std::size_t i = 0; i < got.size(); i += 2) got[i] *= factor;
      const std::string report = compare(got, want, shape, Bound{}).report() + "\n";
      for (std::size_t start = 0, end; start < report.size(); start = end + 1) {
        end = report.find('\n', start);
        EXPECT_LE(end - start, 80U) << to_string(shape) << " times " << factor << "\n" << report;
      }
    }
  }
}

TEST(Report, OfAPassIsOneLine) {
  EXPECT_EQ(compare_one(2, 2, Bound{}).report(), "all 1 equal");
  EXPECT_EQ(compare_one(2.25, 2, Bound{.abs = 1}).report(),
            "all 1 within their bounds, max |error| 0.25, at most 0.25 of what is allowed");
}

// 0.15 s on two busy cores, Release, 2026-11-21; the limit leaves room for sanitizers.
TEST(Compare, TenMillionElementsTakeNoNoticeableTime) {
  const Doubles want = varied(10'000'000);
  Doubles got = want;
  for (double& x : got) x *= 1 + 0x1p-52;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(compare(got, want, {10'000'000}, Bound{.rel = 0x1p-51}).ok());
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(elapsed.count()));
  EXPECT_LT(elapsed.count(), 5.0);
}

TEST(CompareGtest, NamesBothShapes) {
  const testing::AssertionResult result = close(Doubles{1, 2}, Doubles{1, 2, 3}, Bound{});
  EXPECT_FALSE(result);
  EXPECT_TRUE(says(result.message(), "shape is (2,), want (3,)"));
}

TEST(CompareGtest, TwoNumbersGetADiagnosisToo) {
  EXPECT_TRUE(identical(2.5, 2.5));
  EXPECT_TRUE(identical(2, 2.0));
  EXPECT_TRUE(close(1 + 0x1p-52, 1, Bound{.rel = 0x1p-52}));
  const testing::AssertionResult result = identical(75.0, 0.75);
  EXPECT_FALSE(result);
  EXPECT_STREQ(result.message(),
               "out = 75, want 0.75   (off by 74.25, allowed 0)\n"
               "  looks like: 100 times what is wanted: a division by 100 is missing");
  EXPECT_FALSE(close(kNan, 1.0, Bound{.abs = 1e300}));
}

TEST(CompareGtest, SwappedExtentsLookTransposed) {
  EXPECT_EQ(shape_mismatch({2, 3}, {3, 2}).looks, Looks::transposed);
  EXPECT_EQ(shape_mismatch({2, 3}, {3, 3}).looks, Looks::nothing);
  EXPECT_EQ(shape_mismatch({6}, {2, 3}).looks, Looks::nothing);
}

TEST(CompareGtest, ComparesIntegersOfAnyWidth) {
  EXPECT_TRUE(identical(std::vector<int>{1, -2}, std::vector<int>{1, -2}));
  EXPECT_FALSE(identical(std::vector<int>{1, -2}, Integers{1, 2}));
}

TEST(CompareGtest, PassesTheBoundsOfEachElement) {
  EXPECT_TRUE(close(Doubles{1, 2}, Doubles{1.5, 2}, Doubles{0.5, 0}));
  EXPECT_FALSE(close(Doubles{1, 2}, Doubles{1.5, 2.1}, Doubles{0.5, 0}));
}

}  // namespace
}  // namespace nn
