// Every kind with arrays that show it, and with near misses that do not.
#include "common/diagnose.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "common/guarded.h"
#include "common/rng.h"
#include "common/test_files.h"

namespace nn {
namespace {

using Doubles = std::vector<double>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
// Some hundred roundings: what a test of a sum allows.
constexpr Bound kTight{.abs = 1e-14, .rel = 1e-14};

// Standard normal: no two elements alike, none 0.
Doubles random(std::int64_t n, std::uint64_t seed = 1) {
  Philox rng(seed);
  Doubles values(static_cast<std::size_t>(n));
  fill_normal(values, 0, 1, rng);
  return values;
}

struct Matrices {
  std::int64_t rows, cols;
  Doubles want = random(rows * cols);
  Doubles got = want;

  double& at(std::int64_t r, std::int64_t c) { return got[static_cast<std::size_t>(r * cols + c)]; }
  double wanted(std::int64_t r, std::int64_t c) const {
    return want[static_cast<std::size_t>(r * cols + c)];
  }
  // got[r,c] = f(r, c).
  Matrices& set(const std::function<double(std::int64_t, std::int64_t)>& f) {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < cols; ++c) at(r, c) = f(r, c);
    }
    return *this;
  }
  Comparison comparison(const Context& context = {}) const {
    return compare(got, want, {rows, cols}, kTight, context);
  }
  Looks looks() const { return comparison().looks; }
  std::string words() const { return comparison().looks_like; }
};

Comparison vectors(const Doubles& got, const Doubles& want) {
  return compare(got, want, {std::ssize(want)}, kTight);
}

TEST(Diagnose, SaysNothingOfAPass) {
  EXPECT_EQ((Matrices{5, 7}.looks()), Looks::nothing);
  EXPECT_EQ(vectors({}, {}).looks, Looks::nothing);
}

TEST(Diagnose, SaysNothingWhereNothingIsAlike) {
  Matrices m{5, 7};
  m.got = random(35, 2);
  EXPECT_EQ(m.looks(), Looks::nothing) << m.words();
}

TEST(Diagnose, EveryKindHasAName) {
  for (int kind = 0; kind <= static_cast<int>(Looks::reordered); ++kind) {
    const std::string word = name(static_cast<Looks>(kind));
    EXPECT_EQ(word == "nothing", kind == 0);
    for (int other = 0; other < kind; ++other) EXPECT_NE(word, name(static_cast<Looks>(other)));
  }
}

TEST(NotWritten, IsToldFromAComputedNan) {
  Matrices m{5, 7};
  m.at(4, 6) = m.at(4, 5) = poison<double>();
  EXPECT_EQ(m.looks(), Looks::not_written);
  EXPECT_TRUE(says(m.words(), "2 of 35 elements were not written"));
  m.at(4, 6) = m.at(4, 5) = kNan;
  EXPECT_EQ(m.looks(), Looks::nan_or_inf);
}

TEST(NotWritten, OfEverything) {
  Matrices m{5, 7};
  m.set([](auto, auto) { return poison<double>(); });
  EXPECT_TRUE(says(m.words(), "nothing was written"));
}

TEST(NotWritten, SaysWhere) {
  Matrices m{5, 7};
  for (std::int64_t r = 0; r < 5; ++r) m.at(r, 0) = poison<double>();
  EXPECT_TRUE(says(m.words(), "only column 0, the first, is wrong"));
}

TEST(NanOrInf, NamesWhichAndItsCauses) {
  Matrices m{5, 7};
  m.at(2, 3) = kNan;
  m.at(2, 4) = kInf;
  EXPECT_TRUE(says(m.words(), "NaN in 1 of 35"));
  m.at(2, 3) = -kInf;
  EXPECT_TRUE(says(m.words(), "infinity in 2 of 35"));
  EXPECT_EQ(m.looks(), Looks::nan_or_inf);
}

TEST(NanOrInf, NamesTheQuotientAndTheProductToo) {
  Matrices m{5, 7};
  m.at(2, 3) = kNan;
  EXPECT_TRUE(says(m.words(), "0/0, inf/inf, inf - inf, 0 * inf, the log"));
}

TEST(NanOrInf, AlsoWhereOneIsWantedAndLost) {
  Matrices m{5, 7};
  m.want[3] = kNan;
  EXPECT_EQ(m.looks(), Looks::nan_or_inf);
  EXPECT_TRUE(says(m.words(), "became an ordinary number in 1 of 35"));
}

TEST(NanOrInf, NotForInfinitiesThatAreWanted) {
  Matrices m{5, 7};
  m.want[3] = m.got[3] = kInf;
  m.at(1, 1) = 2 * m.wanted(1, 1);
  EXPECT_NE(m.looks(), Looks::nan_or_inf);
}

TEST(AllZeros, ShownAndNearlyShown) {
  Matrices m{5, 7};
  m.set([](auto, auto) { return 0.0; });
  EXPECT_EQ(m.looks(), Looks::all_zeros);
  m.at(3, 3) = m.wanted(3, 3);
  EXPECT_NE(m.looks(), Looks::all_zeros);
  EXPECT_EQ(vectors({0}, {3}).looks, Looks::all_zeros);
}

TEST(AllZeros, NamesIntegerDivision) {
  EXPECT_TRUE(says(vectors({0, 0}, {3, 4}).looks_like, "an integer division: 1 / 4 is 0"));
}

// Who reads week 1 has not met a kernel.
TEST(AllZeros, SpeaksOfKernelsOnlyWhereOneRan) {
  Matrices m{5, 7};
  m.set([](auto, auto) { return 0.0; });
  EXPECT_FALSE(says(m.words(), "kernel")) << m.words();
  const Comparison device = m.comparison({.from_device = true});
  EXPECT_EQ(device.looks, Looks::all_zeros);
  EXPECT_TRUE(says(device.looks_like, "a kernel that was not launched"));
  EXPECT_TRUE(says(device.looks_like, "not copied back"));
}

TEST(AllZeros, WantedZerosAreNoSign) {
  Matrices m{5, 7};
  m.want.assign(35, 0.0);
  EXPECT_EQ(m.looks(), Looks::nothing) << m.words();
}

TEST(Rounding, FloatInPlaceOfDouble) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return static_cast<double>(static_cast<float>(m.wanted(r, c))); });
  EXPECT_EQ(m.looks(), Looks::rounding);
  EXPECT_TRUE(says(m.words(), "every element is exactly a float"));
}

TEST(Rounding, AnErrorOfAFewMillionths) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return m.wanted(r, c) * (1 + 1e-7 * static_cast<double>(c)); });
  EXPECT_EQ(m.looks(), Looks::rounding);
  EXPECT_FALSE(says(m.words(), "float is meant"));
}

TEST(Rounding, NotIfOneElementIsFarOff) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return m.wanted(r, c) * (1 + 1e-9 * static_cast<double>(r * c)); });
  m.at(2, 2) *= 1.01;
  EXPECT_NE(m.looks(), Looks::rounding);
}

TEST(Rounding, NotIfASmallElementIsLost) {
  Doubles want = random(9), got;
  want[4] = 1e-6;
  got = want;
  got[4] = 0;
  EXPECT_NE(vectors(got, want).looks, Looks::rounding);
}

TEST(Sign, EverywhereOrInPart) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return -m.wanted(r, c); });
  EXPECT_EQ(m.looks(), Looks::sign);
  m.set([&](auto r, auto c) { return std::abs(m.wanted(r, c)); });
  EXPECT_EQ(m.looks(), Looks::sign);
  EXPECT_TRUE(says(m.words(), "absolute value"));
  m.at(1, 1) = 2;
  EXPECT_NE(m.looks(), Looks::sign);
  EXPECT_EQ(vectors({-2.5}, {2.5}).looks, Looks::sign);
}

TEST(ConstantRatio, NamesTheExtentItComesFrom) {
  Matrices m{5, 7};
  const std::vector<std::pair<double, std::string>> factors{
      {2.0, "twice what is wanted"},
      {0.5, "half of what is wanted"},
      {7.0, "7 times what is wanted, and 7 is the number of columns"},
      {1.0 / 5, "1/5 of what is wanted, and 5 is the number of rows"},
      {1.0 / 35, "1/35 of what is wanted, and 35 is the number of elements"},
      {17.5, "17.5 times what is wanted, and 35 is the number of elements: a factor 2/35"},
      {-7.0, "and has the wrong sign"},
      {3.0, "3 times what is wanted: a division by 3 is missing"},
      {0.01, "1/100 of what is wanted"},
      {0.37, "0.37 times what is wanted, everywhere"}};
  for (const auto& [factor, words] : factors) {
    m.set([&, by = factor](auto r, auto c) { return by * m.wanted(r, c); });
    EXPECT_EQ(m.looks(), Looks::constant_ratio) << factor;
    EXPECT_TRUE(says(m.words(), words)) << factor;
  }
}

TEST(ConstantRatio, NamesAnExtentOfTwo) {
  Matrices m{2, 7};
  m.set([&](auto r, auto c) { return 2 * m.wanted(r, c); });
  EXPECT_TRUE(
      says(m.words(), "twice what is wanted, and 2 is the number of rows: a division by 2"));
  m.set([&](auto r, auto c) { return m.wanted(r, c) / 2; });
  EXPECT_TRUE(says(m.words(), "half of what is wanted, and 2 is the number of rows: a division"));
  EXPECT_TRUE(says(vectors({2, 3}, {1, 1.5}).looks_like, "2 is the number of elements"));
}

TEST(ConstantRatio, NotInAllButOneElement) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return 3 * m.wanted(r, c); });
  m.at(4, 2) *= 1.001;
  EXPECT_NE(m.looks(), Looks::constant_ratio);
  m.at(4, 2) = m.wanted(4, 2);
  EXPECT_NE(m.looks(), Looks::constant_ratio);
}

// 3.5/3 is within the bound of every element, but two of the three are right as they are.
TEST(ConstantRatio, NotOfAFewElementsWithinAWideBound) {
  EXPECT_NE(compare(Doubles{1, 2, 3.5}, Doubles{1, 2, 3}, {3}, Bound{.abs = 0.25}).looks,
            Looks::constant_ratio);
}

TEST(ConstantRatio, AcrossZerosThatAreRight) {
  EXPECT_EQ(vectors({0, 3, 4.5, 0}, {0, 2, 3, 0}).looks, Looks::constant_ratio);
  EXPECT_NE(vectors({1, 3, 4.5, 0}, {0, 2, 3, 0}).looks, Looks::constant_ratio);
}

TEST(ConstantRatio, NotOfASingleLabel) {
  const std::vector<std::int64_t> want{0, 1};
  EXPECT_NE(compare(std::vector<std::int64_t>{0, 2}, want, {2}).looks, Looks::constant_ratio);
  EXPECT_EQ(compare(std::vector<std::int64_t>{2, 4}, std::vector<std::int64_t>{1, 2}, {2}).looks,
            Looks::constant_ratio);
}

// One number has a ratio to any other.
TEST(ConstantRatio, OfASingleNumberOnlyIfWhole) {
  EXPECT_EQ(vectors({31 * 0.7251}, {0.7251}).looks, Looks::constant_ratio);
  EXPECT_EQ(vectors({0.7251 / 31}, {0.7251}).looks, Looks::constant_ratio);
  EXPECT_EQ(vectors({1.3 * 0.7251}, {0.7251}).looks, Looks::nothing);
  EXPECT_EQ(vectors({12}, {4}).looks, Looks::nothing);  // whole numbers: chance
  EXPECT_EQ(vectors({8}, {4}).looks, Looks::constant_ratio);
}

TEST(ConstantOffset, ShownAndNearlyShown) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return m.wanted(r, c) + 0.3; });
  EXPECT_EQ(m.looks(), Looks::constant_offset);
  EXPECT_TRUE(says(m.words(), "off by 0.3"));
  m.at(4, 4) += 1e-3;
  EXPECT_NE(m.looks(), Looks::constant_offset);
  const std::vector<std::int64_t> labels{3, 0, 7, 2}, next{4, 1, 8, 3};
  EXPECT_EQ(compare(next, labels, {4}).looks, Looks::constant_offset);
}

TEST(Transposed, Square) {
  Matrices m{6, 6};
  m.set([&](auto r, auto c) { return m.wanted(c, r); });
  EXPECT_EQ(m.looks(), Looks::transposed);
  m.at(2, 3) += 1;
  EXPECT_NE(m.looks(), Looks::transposed);
}

// The elements of the (7,5) transpose, one after the other, in an array of shape (5,7).
TEST(Transposed, NotSquare) {
  Matrices m{5, 7};
  for (std::int64_t r = 0; r < 5; ++r) {
    for (std::int64_t c = 0; c < 7; ++c) {
      m.got[static_cast<std::size_t>(c * 5 + r)] = m.wanted(r, c);
    }
  }
  EXPECT_EQ(m.looks(), Looks::transposed);
  std::swap(m.got, m.want);
  EXPECT_EQ(m.looks(), Looks::transposed);
}

TEST(Transposed, EachMatrixOfABatch) {
  const Doubles want = random(3 * 4 * 5);
  Doubles got = want;
  for (std::size_t b = 0; b < 3; ++b) {
    for (std::size_t r = 0; r < 4; ++r) {
      for (std::size_t c = 0; c < 5; ++c) got[b * 20 + c * 4 + r] = want[b * 20 + r * 5 + c];
    }
  }
  EXPECT_EQ(compare(got, want, {3, 4, 5}, kTight).looks, Looks::transposed);
}

TEST(Transposed, NeverOfASymmetricMatrix) {
  Matrices m{6, 6};
  for (std::size_t r = 0; r < 6; ++r) {
    for (std::size_t c = 0; c < r; ++c) m.want[r * 6 + c] = m.want[c * 6 + r];
  }
  m.got = m.want;
  m.at(1, 2) += 0.5;
  EXPECT_NE(m.looks(), Looks::transposed);
  m.at(2, 1) += 0.5;  // still symmetric
  EXPECT_NE(m.looks(), Looks::transposed);
}

TEST(ShiftedByOne, AlongEitherAxisAndWay) {
  for (const std::int64_t by : {-1, 1}) {
    Matrices columns{5, 7}, rows{5, 7};
    columns.set(
        [&](auto r, auto c) { return c - by < 0 || c - by > 6 ? 9.0 : columns.wanted(r, c - by); });
    rows.set(
        [&](auto r, auto c) { return r - by < 0 || r - by > 4 ? 9.0 : rows.wanted(r - by, c); });
    EXPECT_EQ(columns.looks(), Looks::shifted_by_one);
    EXPECT_TRUE(says(columns.words(), by > 0 ? "what belongs in the previous" : "in the next"));
    EXPECT_TRUE(says(columns.words(), "each column"));
    EXPECT_EQ(rows.looks(), Looks::shifted_by_one);
    EXPECT_TRUE(says(rows.words(), "each row"));
    columns.at(2, 3) += 1;
    EXPECT_NE(columns.looks(), Looks::shifted_by_one);
  }
}

TEST(ShiftedByOne, OfAVector) {
  EXPECT_EQ(vectors({7, 3, 1, 4, 1, 5}, {3, 1, 4, 1, 5, 9}).looks, Looks::shifted_by_one);
  EXPECT_NE(vectors({1, 1, 1, 1}, {1, 1, 1, 9}).looks, Looks::shifted_by_one);
}

TEST(MissingBias, ShownAndNearlyShown) {
  Matrices m{5, 7};
  const Doubles bias = random(7, 3);
  m.set([&](auto r, auto c) { return m.wanted(r, c) - bias[static_cast<std::size_t>(c)]; });
  EXPECT_EQ(m.looks(), Looks::missing_bias);
  m.at(4, 6) += 0.1;
  EXPECT_NE(m.looks(), Looks::missing_bias);
}

TEST(MissingBias, OfOneColumnIsAColumn) {
  Matrices m{5, 7};
  for (std::int64_t r = 0; r < 5; ++r) m.at(r, 3) += 0.5;
  EXPECT_EQ(m.looks(), Looks::one_row_or_column);
}

TEST(RatioPerRow, OfASoftmaxThatIsNotNormalised) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return m.wanted(r, c) * (1.3 + static_cast<double>(r * r)); });
  EXPECT_EQ(m.looks(), Looks::ratio_per_row);
  EXPECT_TRUE(says(m.words(), "(1.3 2.3 5.3 10.3 ...)"));
  m.at(2, 2) += 0.1;
  EXPECT_NE(m.looks(), Looks::ratio_per_row);
}

TEST(Repeated, OneElementOrOneRow) {
  Matrices m{5, 7};
  m.set([&](auto, auto c) { return m.wanted(0, c); });
  EXPECT_EQ(m.looks(), Looks::repeated);
  EXPECT_TRUE(says(m.words(), "every row is the same row"));
  m.set([](auto, auto) { return 1.0 / 7; });
  EXPECT_TRUE(says(m.words(), "every element is the same, 0.1429"));
  m.at(2, 2) += 0.1;
  EXPECT_NE(m.looks(), Looks::repeated);
}

TEST(OneRowOrColumn, NamesWhich) {
  Matrices m{5, 7};
  m.set([&](auto r, auto c) { return c == 0 ? 0 : m.wanted(r, c); });
  EXPECT_EQ(m.looks(), Looks::one_row_or_column);
  EXPECT_TRUE(
      says(m.words(), "only column 0, the first, is wrong: a loop that starts at 1; yours is 0"));
  m.set([&](auto r, auto c) { return r == 3 ? 1 + std::cos(c) : m.wanted(r, c); });
  EXPECT_TRUE(says(m.words(), "only row 3 is wrong"));
  m.at(0, 0) = 9;
  EXPECT_NE(m.looks(), Looks::one_row_or_column);
}

// One of two rows is always the first or the last of them.
TEST(OneRowOrColumn, NamesNoCauseWhereThereAreTwo) {
  Matrices two{2, 7}, three{3, 7}, eight{8, 7};
  two.set([&](auto r, auto c) { return r == 1 ? 1 + std::cos(c) : two.wanted(r, c); });
  EXPECT_EQ(two.words(), "only row 1 is wrong");
  three.set([&](auto r, auto c) { return r == 2 ? 1 + std::cos(c) : three.wanted(r, c); });
  EXPECT_EQ(three.words(), "only row 2, the last, is wrong: a loop that stops one short");
  eight.set([&](auto r, auto c) { return r == 7 ? 1 + std::cos(c) : eight.wanted(r, c); });
  EXPECT_TRUE(says(eight.words(), "a loop that stops one short, or a partly filled last block"));
}

TEST(Tail, SpeaksOfBlocksFromEightOn) {
  EXPECT_EQ(vectors({1, 3, 2, 5, 9}, {1, 3, 2, 5, 4}).looks_like,
            "only the last of 5 elements is wrong: a loop that stops one short");
  EXPECT_EQ(vectors({1, 9.5}, {1, 4}).looks_like, "only the last of 2 elements is wrong");
}

TEST(OneRowOrColumn, NotOfASingleElement) {
  Matrices m{5, 7};
  m.at(2, 3) = 5.125;
  EXPECT_EQ(m.looks(), Looks::nothing) << m.words();
}

TEST(Tail, ForEveryBlock) {
  for (const std::int64_t block : {4, 8, 16, 32, 64, 128, 256, 512, 1024}) {
    for (const std::int64_t n : {3 * block + 1, 3 * block + block / 2 + 1, 4 * block - 1}) {
      const Doubles want = random(n);
      Doubles got = want;
      for (auto i = static_cast<std::size_t>(3 * block); i < got.size(); ++i) got[i] = 0;
      const Comparison c = vectors(got, want);
      EXPECT_EQ(c.looks, Looks::tail) << n;
      EXPECT_TRUE(
          says(c.looks_like, detail::cat("the rest of ", n, " elements after full blocks")));
      EXPECT_TRUE(says(c.looks_like, std::to_string(block))) << n;
    }
  }
}

TEST(Tail, OfTheColumns) {
  Matrices m{33, 70};
  m.set([&](auto r, auto c) { return c < 64 ? m.wanted(r, c) : std::cos(r + 3 * c); });
  EXPECT_EQ(m.looks(), Looks::tail);
  EXPECT_TRUE(says(m.words(), "columns 64 to 69"));
}

TEST(Tail, NotIfAnythingBeforeItIsWrong) {
  const Doubles want = random(1000);
  Doubles got = want;
  for (std::size_t i = 992; i < 1000; ++i) got[i] = 0;
  EXPECT_EQ(vectors(got, want).looks, Looks::tail);
  got[500] += 1;
  EXPECT_EQ(vectors(got, want).looks, Looks::nothing);
}

// One of the eight elements after the last block of 16 is not the tail.
TEST(Tail, NotOfOneElementWithinIt) {
  const Doubles want = random(1000);
  Doubles got = want;
  got[997] += 1;
  EXPECT_EQ(vectors(got, want).looks, Looks::nothing);
}

TEST(Tail, OfTheLastElement) {
  const Doubles want = random(8);
  Doubles got = want;
  got.back() += 1;
  EXPECT_EQ(vectors(got, want).looks, Looks::tail);
  EXPECT_TRUE(says(vectors(got, want).looks_like, "a loop that stops one short"));
}

TEST(OnlyFirstBlock, OfElementsRowsAndColumns) {
  const Doubles want = random(1000);
  Doubles got = want;
  for (std::size_t i = 256; i < 1000; ++i) got[i] = want[i % 256] + 0.5;
  EXPECT_EQ(vectors(got, want).looks, Looks::only_first_block);
  got[255] += 1;
  EXPECT_EQ(vectors(got, want).looks, Looks::nothing);

  Matrices m{100, 90};
  m.set([&](auto r, auto c) { return r < 32 ? m.wanted(r, c) : std::cos(r + 3 * c); });
  EXPECT_EQ(m.looks(), Looks::only_first_block);
  EXPECT_TRUE(says(m.words(), "only the first 32 rows are right"));
  m.set([&](auto r, auto c) { return c < 16 ? m.wanted(r, c) : std::cos(r + 3 * c); });
  EXPECT_TRUE(says(m.words(), "only the first 16 columns are right"));
}

// c (5,7) = a (5,9) . b (9,7), and what two slips make of it.
struct Product {
  Matrices c{5, 7};
  Doubles a = random(5 * 9, 4), b = random(9 * 7, 5);

  double term(std::int64_t m, std::int64_t k, std::int64_t n) const {
    return a[static_cast<std::size_t>(m * 9 + k)] * b[static_cast<std::size_t>(k * 7 + n)];
  }
  double sum(std::int64_t m, std::int64_t n, std::int64_t first, std::int64_t end) const {
    double total = 0;
    for (std::int64_t k = first; k < end; ++k) total += term(m, k, n);
    return total;
  }
  Product() {
    c.set([&](auto m, auto n) { return sum(m, n, 0, 9); });
    c.want = c.got;
  }
};

TEST(LastWriteWins, InAProductIsAColumnTimesARow) {
  Product p;
  p.c.set([&](auto m, auto n) { return p.term(m, 8, n); });
  EXPECT_EQ(p.c.looks(), Looks::last_write_wins);
  p.c.set([&](auto m, auto n) { return p.sum(m, n, 7, 9); });  // two terms: rank two
  EXPECT_EQ(p.c.looks(), Looks::nothing) << p.c.words();
}

TEST(LastWriteWins, NotWhereWantIsAColumnTimesARowItself) {
  Product p;
  p.c.set([&](auto m, auto n) { return p.term(m, 0, n); });
  p.c.want = p.c.got;
  p.c.set([&](auto m, auto n) { return p.term(m, 1, n); });
  EXPECT_NE(p.c.looks(), Looks::last_write_wins);
}

// The sums of the rows of a (5,9): as a vector, one term looks like any number.
TEST(LastWriteWins, InOtherSumsNeedsTheTerms) {
  const Doubles a = random(5 * 9, 4);
  Doubles want(5), got(5);
  for (std::size_t i = 0; i < a.size(); ++i) {
    want[i / 9] += a[i];
    got[i / 9] = a[i];
  }
  EXPECT_EQ(compare(got, want, {5}, kTight).looks, Looks::nothing);
  const Context context{.last_terms = got};
  EXPECT_EQ(compare(got, want, {5}, kTight, context).looks, Looks::last_write_wins);
  Doubles near = got;
  near[2] += 0.1;
  EXPECT_EQ(compare(near, want, {5}, kTight, context).looks, Looks::nothing);
}

TEST(MissingTerm, OfAProduct) {
  Product p;
  p.c.set([&](auto m, auto n) { return p.sum(m, n, 0, 8); });
  EXPECT_EQ(p.c.looks(), Looks::missing_term);
  p.c.set([&](auto m, auto n) { return p.sum(m, n, 1, 9); });
  EXPECT_EQ(p.c.looks(), Looks::missing_term);
  p.c.set([&](auto m, auto n) { return p.sum(m, n, 0, 7); });  // two are missing
  EXPECT_EQ(p.c.looks(), Looks::nothing) << p.c.words();
}

TEST(Reordered, ShownAndNearlyShown) {
  const Doubles want = random(31);
  Doubles got = want;
  for (std::size_t i = 0; i < 31; ++i) got[i] = want[i * 12 % 31];
  EXPECT_EQ(vectors(got, want).looks, Looks::reordered);
  got[30] += 0.1;
  EXPECT_EQ(vectors(got, want).looks, Looks::nothing);
  EXPECT_EQ(vectors({0, 1, 1, 0, 0}, {1, 0, 0, 1, 0}).looks, Looks::nothing);  // any 0/1 answer
}

// Where two kinds explain the same arrays, the one that says more.
TEST(Priority, TheMoreSpecificKindWins) {
  Matrices m{5, 7};
  // A canary and a NaN: the write outside comes first.
  m.at(0, 0) = kNan;
  EXPECT_EQ(m.comparison({.canary_problem = "wrote 1 at 1"}).looks, Looks::canary_overwritten);
  // Poison among NaN: what was never written may be where the NaN comes from.
  m.at(1, 1) = poison<double>();
  EXPECT_EQ(m.looks(), Looks::not_written);
  // All zeros are also a ratio of 0, every row the same, and a column times a row.
  m.set([](auto, auto) { return 0.0; });
  EXPECT_EQ(m.looks(), Looks::all_zeros);
  // A ratio of -1 is a sign.
  m.set([&](auto r, auto c) { return -m.wanted(r, c); });
  EXPECT_EQ(m.looks(), Looks::sign);
  // A ratio of 1 + 1e-9 is rounding.
  m.set([&](auto r, auto c) { return (1 + 1e-9) * m.wanted(r, c); });
  EXPECT_EQ(m.looks(), Looks::rounding);
  // The same offset everywhere is also the same row in every row.
  m.set([&](auto r, auto c) { return 1 + m.wanted(r, c); });
  EXPECT_EQ(m.looks(), Looks::constant_offset);
  // A transpose holds the right numbers in other places.
  Matrices square{6, 6};
  square.set([&](auto r, auto c) { return square.wanted(c, r); });
  EXPECT_EQ(square.looks(), Looks::transposed);
  // The same row in every row is also a column times a row.
  m.set([&](auto, auto c) { return m.wanted(2, c); });
  EXPECT_EQ(m.looks(), Looks::repeated);
  // A column of zeros is also an error that is a column times a row.
  m.set([&](auto r, auto c) { return c == 6 ? 0 : m.wanted(r, c); });
  EXPECT_EQ(m.looks(), Looks::one_row_or_column);
}

TEST(FirstDifference, NamesTheFirstThatDiffersAndTheFirstNan) {
  const Doubles want = random(9);
  Doubles off = want, broken = want;
  off[8] += 1;
  broken[2] = kNan;
  const Comparison right = vectors(want, want), wrong = vectors(off, want),
                   nan = vectors(broken, want);
  const std::vector<NamedComparison> agree{{"a", right}, {"b", right}};
  EXPECT_EQ(first_difference(agree), "");
  const std::vector<NamedComparison> layers{{"layers.0/z", right},
                                            {"layers.1/z", right},
                                            {"layers.1/y", wrong},
                                            {"layers.2/z", nan},
                                            {"loss", nan}};
  const std::string sentence = first_difference(layers);
  EXPECT_TRUE(says(sentence, "first to differ: layers.1/y (the 2 before it agree)"));
  EXPECT_TRUE(says(sentence, "looks like: only the"));
  EXPECT_TRUE(says(sentence, "the first with a NaN or infinity: layers.2/z"));
}

}  // namespace
}  // namespace nn
