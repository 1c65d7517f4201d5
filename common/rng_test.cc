#include "common/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "common/check.h"

namespace nn {
namespace {

using Block = std::array<std::uint32_t, 4>;

// The three vectors for philox4x32-10 in kat_vectors of the Random123 distribution [Salmon11].
TEST(PhiloxBlock, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(
      philox4x32_10({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
      (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, WordIIsThatOfItsBlockAlone) {
  const std::uint64_t seed = 0x0123456789abcdef, stream = 0xfedcba9876543210;
  Philox sequential(seed, stream);
  for (std::uint64_t i = 0; i < 33; ++i) {
    const Block block = philox4x32_10(
        {static_cast<std::uint32_t>(i / 4), 0, 0x76543210, 0xfedcba98}, {0x89abcdef, 0x01234567});
    const std::uint32_t word = sequential.next_u32();
    EXPECT_EQ(word, block[i % 4]) << "word " << i;
    EXPECT_EQ(Philox(seed, stream, i).next_u32(), word) << "word " << i << ", drawn alone";
  }
}

// Past word 2^34 the block's index no longer fits 32 bits and its high half must be used.
TEST(Philox, ReachesBlocksPast32Bits) {
  const std::uint64_t position = (std::uint64_t{5} << 34) + 7;
  EXPECT_EQ(Philox(11, 3, position).next_u32(), philox4x32_10({1, 5, 3, 0}, {11, 0})[3]);
}

TEST(Philox, TakesTheLowHalfOfA64BitNumberFirst) {
  Philox words(7), pair(7);
  const std::uint64_t low = words.next_u32(), high = words.next_u32();
  EXPECT_EQ(pair.next_u64(), high << 32 | low);
  EXPECT_EQ(pair.position(), 2u);
}

TEST(Philox, SkipsAWordToStartA64BitNumberAtAnEvenPosition) {
  Philox rng(7), from_two(7, 0, 2);
  rng.next_u32();
  EXPECT_EQ(rng.next_u64(), from_two.next_u64());
  EXPECT_EQ(rng.position(), 4u);
}

TEST(Philox, UniformIsTheTop53Bits) {
  Philox bits(21, 4), rng(21, 4);
  for (int i = 0; i < 31; ++i) {
    EXPECT_EQ(rng.uniform(), std::ldexp(static_cast<double>(bits.next_u64() >> 11), -53));
  }
}

TEST(Philox, ContinuesFromAPosition) {
  Philox whole(5, 9);
  for (int i = 0; i < 129; ++i) whole.uniform();
  Philox resumed(5, 9, whole.position());
  for (int i = 0; i < 33; ++i) EXPECT_EQ(resumed.uniform(), whole.uniform());
}

TEST(Philox, StreamsAndSeedsDifferAndDoNotDependOnHistory) {
  Philox used(1, 0);
  for (int i = 0; i < 127; ++i) used.next_u32();
  Philox a(1, 1), b(1, 1), other_stream(1, 2), other_seed(2, 1);
  int same_stream = 0, same_seed = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t word = a.next_u32();
    EXPECT_EQ(word, b.next_u32());
    same_stream += word == other_stream.next_u32();
    same_seed += word == other_seed.next_u32();
  }
  // Two independent words agree with probability 2^-32: one in a thousand pairs, 2.3e-7.
  EXPECT_EQ(same_stream, 0);
  EXPECT_EQ(same_seed, 0);
}

// The limits below are k standard deviations of the statistic for independent draws. A right
// generator stays within 5 on all but 6 seeds in 10 million; these seeds are fixed.
constexpr double kDeviations = 5;

TEST(Uniform, HasTheMomentsAndTheEvenSpreadOfUniforms) {
  constexpr int n = 100'000, kBins = 100;
  std::vector<double> x(n);
  Philox rng(2026);
  for (double& value : x) value = rng.uniform();
  double sum = 0, squares = 0;
  std::vector<int> bins(kBins);
  for (const double value : x) {
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
    squares += (value - 0.5) * (value - 0.5);
    ++bins[static_cast<std::size_t>(value * kBins)];
  }
  EXPECT_NEAR(sum / n, 0.5, kDeviations * std::sqrt(1.0 / 12 / n));
  // Var of (x - 1/2)^2 is E(x - 1/2)^4 - (1/12)^2 = 1/80 - 1/144 = 1/180.
  EXPECT_NEAR(squares / n, 1.0 / 12, kDeviations * std::sqrt(1.0 / 180 / n));
  double chi_square = 0;
  for (const int count : bins) chi_square += std::pow(count - n / kBins, 2) / (n / kBins);
  // kBins - 1 degrees of freedom: mean kBins - 1, variance 2 (kBins - 1).
  EXPECT_NEAR(chi_square, kBins - 1, kDeviations * std::sqrt(2.0 * (kBins - 1)));
}

// A generator whose neighbours depend on each other passes the test above; not this one.
TEST(Uniform, NeighboursAreUncorrelated) {
  constexpr int n = 100'000;
  Philox rng(2027);
  double previous = rng.uniform() - 0.5, products = 0;
  for (int i = 0; i < n; ++i) {
    const double current = rng.uniform() - 0.5;
    products += previous * current;
    previous = current;
  }
  EXPECT_NEAR(12 * products / n, 0, kDeviations / std::sqrt(n));
}

TEST(Normal, HasTheMomentsOfNormals) {
  constexpr int n = 100'000;
  std::vector<double> x(n);
  Philox rng(2028, 6);
  fill_normal(x, 0, 1, rng);
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  int beyond_three = 0;
  for (const double value : x) {
    m1 += value / n;
    m2 += value * value / n;
    m3 += value * value * value / n;
    m4 += value * value * value * value / n;
    beyond_three += std::abs(value) > 3;
  }
  // For z standard normal, Var z^k = E z^2k - (E z^k)^2 with E z^2, z^4, z^6, z^8 = 1, 3, 15, 105.
  EXPECT_NEAR(m1, 0, kDeviations * std::sqrt(1.0 / n));
  EXPECT_NEAR(m2, 1, kDeviations * std::sqrt(2.0 / n));
  EXPECT_NEAR(m3, 0, kDeviations * std::sqrt(15.0 / n));
  EXPECT_NEAR(m4, 3, kDeviations * std::sqrt(96.0 / n));
  const double tail = std::erfc(3 / std::sqrt(2.0));  // P(|z| > 3) = 0.0027
  EXPECT_NEAR(beyond_three, n * tail, kDeviations * std::sqrt(n * tail));
}

TEST(Normal, ReturnsTheCosineThenTheSineOfOnePair) {
  Philox uniforms(3, 1), rng(3, 1);
  const double radius = std::sqrt(-2 * std::log(1 - uniforms.uniform()));
  const double angle = 2 * std::acos(-1.0) * uniforms.uniform();
  EXPECT_DOUBLE_EQ(rng.normal(), radius * std::cos(angle));
  EXPECT_EQ(rng.position(), 4u);
  const std::uint64_t between = rng.next_u64();
  EXPECT_EQ(between, uniforms.next_u64()) << "a pending spare must not disturb other draws";
  EXPECT_DOUBLE_EQ(rng.normal(), radius * std::sin(angle));
  EXPECT_EQ(rng.position(), 6u) << "the spare takes no words";
}

TEST(FillNormal, ScalesShiftsAndTakesOneNormalAnElement) {
  std::vector<double> x(33);
  Philox rng(8), same(8);
  fill_normal(x, -2, 0.25, rng);
  for (const double value : x) EXPECT_EQ(value, -2 + 0.25 * same.normal());
}

TEST(FillUniform, StaysBelowHighWhereRoundingWouldReachIt) {
  const double low = 1, high = std::nextafter(1.0, 2.0);  // [1, 1 + 2^-52) holds 1 alone
  std::vector<double> x(129);
  Philox rng(4);
  fill_uniform(x, low, high, rng);
  EXPECT_EQ(x, std::vector<double>(129, 1.0));
}

TEST(FillUniform, ScalesAndShifts) {
  std::vector<double> x(31);
  Philox rng(9), same(9);
  fill_uniform(x, -3, 5, rng);
  for (const double value : x) EXPECT_EQ(value, -3 + 8 * same.uniform());
}

TEST(Fill, RefusesWhatIsNoDistribution) {
  std::vector<double> x(3);
  Philox rng(1);
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  EXPECT_THROW(fill_uniform(x, 1, 1, rng), Error);
  EXPECT_THROW(fill_uniform(x, 2, 1, rng), Error);
  EXPECT_THROW(fill_uniform(x, nan, 1, rng), Error);
  EXPECT_THROW(fill_uniform(x, -1e308, 1e308, rng), Error) << "the width overflows";
  EXPECT_THROW(fill_normal(x, 0, -1, rng), Error);
  EXPECT_THROW(fill_normal(x, 0, inf, rng), Error);
  EXPECT_THROW(fill_normal(x, nan, 1, rng), Error);
  EXPECT_EQ(rng.position(), 0u) << "a refused call draws nothing";
}

TEST(Permutation, HoldsEachIndexOnce) {
  for (const int n : {0, 1, 2, 31, 33, 129, 60'000}) {
    Philox rng(6, static_cast<std::uint64_t>(n));
    std::vector<int> order = permutation(n, rng);
    EXPECT_EQ(rng.position(), static_cast<std::uint64_t>(2 * n));
    std::sort(order.begin(), order.end());
    std::vector<int> every(static_cast<std::size_t>(n));
    std::iota(every.begin(), every.end(), 0);
    EXPECT_EQ(order, every);
  }
}

TEST(Permutation, OrdersIndicesByTheirKeys) {
  Philox rng(12), keys(12);
  const std::vector<int> order = permutation(33, rng);
  std::vector<std::uint64_t> key(33);
  for (std::uint64_t& k : key) k = keys.next_u64();
  for (std::size_t i = 1; i < order.size(); ++i) {
    EXPECT_LT(key[static_cast<std::size_t>(order[i - 1])], key[static_cast<std::size_t>(order[i])]);
  }
}

// The buckets are sorted each for itself; all of them together are one sort of the keys.
TEST(Permutation, OfManyIsOneSortOfTheirKeys) {
  constexpr int kMany = 60000;
  Philox rng(12), keys(12);
  std::vector<std::pair<std::uint64_t, int>> keyed;
  for (int i = 0; i < kMany; ++i) keyed.emplace_back(keys.next_u64(), i);
  std::sort(keyed.begin(), keyed.end());
  std::vector<int> want;
  for (const auto& [key, index] : keyed) want.push_back(index);
  EXPECT_EQ(permutation(kMany, rng), want);
}

// All 6 orders of 3 elements, 6000 times: each about 1000 times, deviation sqrt(6000 * 5/36) = 29.
TEST(Permutation, EveryOrderIsAsLikely) {
  Philox rng(13);
  std::vector<int> counts(27);
  for (int i = 0; i < 6000; ++i) {
    const std::vector<int> p = permutation(3, rng);
    ++counts[static_cast<std::size_t>(9 * p[0] + 3 * p[1] + p[2])];
  }
  for (const int code : {5, 7, 11, 15, 19, 21}) {  // 012, 021, 102, 120, 201, 210 in base 3
    EXPECT_NEAR(counts[static_cast<std::size_t>(code)], 1000, kDeviations * 29) << code;
  }
}

TEST(Permutation, RefusesANegativeCount) {
  Philox rng(1);
  EXPECT_THROW(permutation(-1, rng), Error);
}

}  // namespace
}  // namespace nn
