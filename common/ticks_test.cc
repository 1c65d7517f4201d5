#include "common/ticks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "common/check.h"

namespace nn {
namespace {

using Labels = std::vector<std::string>;

TEST(NiceTicks, AreTheRoundNumbersOnePicks) {
  EXPECT_EQ(nice_ticks(1, 5, 8), (std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_EQ(nice_ticks(0.013, 2.31, 7), (std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5}));
  EXPECT_EQ(nice_ticks(-1, 1, 3), (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(nice_ticks(-7, -2, 6), (std::vector<double>{-7, -6, -5, -4, -3, -2}));
}

// 0.1 + 0.2 is not the double 0.3; a tick at 0.3 is.
TEST(NiceTicks, AreTheDoublesNextToTheirDecimals) {
  EXPECT_EQ(nice_ticks(0, 0.5, 6), (std::vector<double>{0, 0.1, 0.2, 0.3, 0.4, 0.5}));
  EXPECT_EQ(nice_ticks(1e-6, 3e-6, 3), (std::vector<double>{1e-6, 2e-6, 3e-6}));
}

TEST(NiceTicks, CoverTheRangeWithAtMostCountTicksOfOneStep) {
  const double ranges[][2] = {{0.91, 0.982}, {0, 60'000},     {-3.7, 129},
                              {1e-9, 1e9},   {-1e300, 1e300}, {5, 5},
                              {0, 0},        {-2, -2},        {1e-320, 2e-320}};
  for (const auto& [low, high] : ranges) {
    for (const int count : {3, 4, 7, 31}) {
      const std::vector<double> ticks = nice_ticks(low, high, count);
      ASSERT_GE(ticks.size(), 2u) << low << " .. " << high;
      EXPECT_LE(ticks.size(), static_cast<std::size_t>(count)) << low << " .. " << high;
      EXPECT_LE(ticks.front(), low);
      EXPECT_GE(ticks.back(), high);
      const double step = ticks[1] - ticks[0];
      EXPECT_GT(step, 0);
      for (std::size_t i = 2; i < ticks.size(); ++i) {
        // Two ticks and their difference are each rounded once.
        EXPECT_NEAR(ticks[i] - ticks[i - 1], step,
                    4 * 0x1p-53 * std::max(std::abs(ticks.back()), std::abs(ticks.front())));
      }
    }
  }
}

TEST(NiceTicks, ManageRangesNarrowerThanADoubleResolves) {
  const double low = 1e6, high = std::nextafter(1e6, 2e6);
  EXPECT_LE(nice_ticks(low, high, 5).size(), 5u);
}

TEST(NiceTicks, RefuseWhatIsNoRange) {
  EXPECT_THROW(nice_ticks(2, 1, 5), Error);
  EXPECT_THROW(nice_ticks(std::nan(""), 1, 5), Error);
  EXPECT_THROW(nice_ticks(0, INFINITY, 5), Error);
  EXPECT_THROW(nice_ticks(0, 1, 2), Error);
}

TEST(NiceLogTicks, ArePowersOfTenWithTwosAndFivesBetween) {
  EXPECT_EQ(nice_log_ticks(0.02, 0.9, 7), (std::vector<double>{0.02, 0.05, 0.1, 0.2, 0.5, 1}));
  EXPECT_EQ(nice_log_ticks(0.02, 0.9, 5), (std::vector<double>{0.01, 0.1, 1})) << "fewer";
  EXPECT_EQ(nice_log_ticks(3, 2e4, 7), (std::vector<double>{1, 10, 100, 1000, 1e4, 1e5}));
  EXPECT_EQ(nice_log_ticks(1, 1, 7), (std::vector<double>{1, 2})) << "one number gets a range";
}

TEST(NiceLogTicks, SkipPowersWhereThereAreTooMany) {
  const std::vector<double> ticks = nice_log_ticks(1e-30, 1e7, 5);
  EXPECT_LE(ticks.size(), 5u);
  EXPECT_LE(ticks.front(), 1e-30);
  EXPECT_GE(ticks.back(), 1e7);
  for (const double tick : ticks) {
    const double exponent = std::log10(tick);
    EXPECT_NEAR(exponent, std::round(exponent), 1e-12) << tick << " is no power of ten";
  }
}

TEST(NiceLogTicks, RefuseWhatHasNoLogarithm) {
  EXPECT_THROW(nice_log_ticks(0, 1, 5), Error);
  EXPECT_THROW(nice_log_ticks(-1, 1, 5), Error);
  EXPECT_THROW(nice_log_ticks(2, 1, 5), Error);
  EXPECT_THROW(nice_log_ticks(1, INFINITY, 5), Error);
  EXPECT_THROW(nice_log_ticks(1, 2, 2), Error);
}

TEST(TickLabels, AreShort) {
  EXPECT_EQ(tick_labels({0, 0.1, 0.2, 0.3}), (Labels{"0", "0.1", "0.2", "0.3"}));
  EXPECT_EQ(tick_labels({-1, -0.0, 1}), (Labels{"-1", "0", "1"}));
  EXPECT_EQ(tick_labels({0, 5000, 10'000}), (Labels{"0", "5k", "10k"}));
  EXPECT_EQ(tick_labels({0, 2.5e6, 5e7}), (Labels{"0", "2.5M", "50M"}));
  EXPECT_EQ(tick_labels({1, 100, 1e4}), (Labels{"1", "100", "10k"}));
  EXPECT_EQ(tick_labels({1e-6, 2e-6}), (Labels{"1e-06", "2e-06"}));
  EXPECT_EQ(tick_labels({}), Labels{});
}

TEST(TickLabels, TellNeighboursApart) {
  const Labels labels = tick_labels(nice_ticks(100'000.1, 100'000.2, 6));
  for (std::size_t i = 1; i < labels.size(); ++i) EXPECT_NE(labels[i], labels[i - 1]);
}

}  // namespace
}  // namespace nn
