#include "phase2_vectorized/week05_data/generators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr double kPi = std::numbers::pi;

TEST(MakeSpiral, HasPointsOnArmsOfTheUnitDisc) {
  const Dataset data = make_spiral(3, 101, 0, 1);
  check_dataset(data);
  EXPECT_EQ(shape_of(data.x), (Shape{303, 2}));
  EXPECT_EQ(data.classes(), 3);
  for (int label = 0; label < 3; ++label) EXPECT_EQ(std::ranges::count(data.labels, label), 101);
  for (int n = 0; n < 303; ++n) {
    const double radius = std::hypot(data.x(n, 0), data.x(n, 1));
    EXPECT_TRUE(close(radius, 0.1 + 0.9 * (n % 101) / 100, Bound{.rel = 4 * kUnitRoundoff32})) << n;
  }
}

TEST(MakeMoons, LieOnTwoHalfCircles) {
  const Dataset data = make_moons(64, 0, 1);
  check_dataset(data);
  for (int n = 0; n < 64; ++n) {
    const int label = data.labels[static_cast<std::size_t>(n)];
    const double x = data.x(n, 0) - (label == 1 ? 1 : 0), y = data.x(n, 1) - (label == 1 ? 0.5 : 0);
    EXPECT_TRUE(close(std::hypot(x, y), 1.0, Bound{.abs = 4 * kUnitRoundoff32})) << n;
    EXPECT_TRUE(label == 0 ? y >= 0 : y <= 0) << n;
  }
}

// The mean of n normal numbers is off by 1 / sqrt(n) of their deviation; allowed: 4 of that.
TEST(MakeBlobs, LieAroundTheirCentres) {
  const int n = 1000;
  const Dataset data = make_blobs(5, n, 0.2, 3);
  check_dataset(data);
  for (int label = 0; label < 5; ++label) {
    double mean_x = 0, mean_y = 0, square = 0;
    const double cx = std::cos(2 * kPi * label / 5), cy = std::sin(2 * kPi * label / 5);
    for (int i = label * n; i < (label + 1) * n; ++i) {
      EXPECT_EQ(data.labels[static_cast<std::size_t>(i)], label);
      mean_x += data.x(i, 0) / n;
      mean_y += data.x(i, 1) / n;
      square += (std::pow(data.x(i, 0) - cx, 2) + std::pow(data.x(i, 1) - cy, 2)) / (2 * n);
    }
    const Bound four{.abs = 4 * 0.2 / std::sqrt(n)};
    EXPECT_TRUE(close(mean_x, cx, four));
    EXPECT_TRUE(close(mean_y, cy, four));
    EXPECT_TRUE(close(std::sqrt(square), 0.2, Bound{.rel = 4 / std::sqrt(4.0 * n)}));
  }
}

TEST(MakeSine, FollowsTheSine) {
  const Dataset data = make_sine(129, 0, 1);
  check_dataset(data);
  EXPECT_FALSE(data.has_labels());
  EXPECT_EQ(data.x(0, 0), 0);
  EXPECT_EQ(data.x(64, 0), 0.5F);
  EXPECT_EQ(data.x(128, 0), 1);
  for (int n = 0; n < 129; ++n) {
    // One rounding of what double computes, whose sine at 2 pi is 2.4e-16.
    EXPECT_TRUE(close(data.targets(n, 0), std::sin(2 * kPi * n / 128),
                      Bound{.abs = 1e-12, .rel = kUnitRoundoff32}));
  }
}

TEST(Generators, NoiseMovesPointsAndTheSeedSaysWhere) {
  EXPECT_TRUE(identical(make_spiral(2, 9, 0.1, 5).x, make_spiral(2, 9, 0.1, 5).x));
  EXPECT_FALSE(identical(make_spiral(2, 9, 0.1, 5).x, make_spiral(2, 9, 0.1, 6).x));
  EXPECT_FALSE(identical(make_spiral(2, 9, 0.1, 5).x, make_spiral(2, 9, 0, 5).x));
  EXPECT_FALSE(identical(make_moons(9, 0.1, 5).x, make_moons(9, 0.1, 6).x));
  EXPECT_FALSE(identical(make_blobs(2, 9, 0.1, 5).x, make_blobs(2, 9, 0.1, 6).x));
  EXPECT_FALSE(identical(make_sine(9, 0.1, 5).targets, make_sine(9, 0.1, 6).targets));
  EXPECT_TRUE(identical(make_sine(9, 0.1, 5).targets, make_sine(9, 0.1, 5).targets));
}

TEST(Generators, RefuseWhatCannotBe) {
  EXPECT_TRUE(refuses([] { make_spiral(1, 9, 0, 1); }, {"1 arms"}));
  EXPECT_TRUE(refuses([] { make_spiral(2, 9, -1, 1); }, {"noise = -1"}));
  EXPECT_TRUE(refuses([] { make_moons(1, 0, 1); }, {"count = 1"}));
  EXPECT_TRUE(refuses([] { make_moons(9, std::nan(""), 1); }, {"noise = nan"}));
  EXPECT_TRUE(refuses([] { make_blobs(1, 9, 0, 1); }, {"1 clouds"}));
  EXPECT_TRUE(refuses([] { make_blobs(2, 0, 0, 1); }, {"0 points"}));
  EXPECT_TRUE(refuses([] { make_blobs(2, 1, -1, 1); }, {"deviation = -1"}));
  EXPECT_TRUE(refuses([] { make_blobs(1 << 16, 1 << 16, 0, 1); }, {"too many"}));
  EXPECT_TRUE(refuses([] { make_sine(1, 0, 1); }, {"1 points of a sine"}));
}

}  // namespace
}  // namespace nn::cpu
