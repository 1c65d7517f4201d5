#include "phase2_vectorized/week05_data/warp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "phase2_vectorized/week05_data/testing.h"

namespace nn::cpu {
namespace {

constexpr double u = kUnitRoundoff32;

// The value at (row, col) in double, and how much a float computation of it may be off: each of the
// four products takes three multiplications or subtractions, and three additions follow.
struct Sampled {
  double value = 0, allowed = 0;
};
Sampled sampled(ConstMatrixView x, double row, double col) {
  Sampled s;
  const int top = static_cast<int>(std::floor(row)), left = static_cast<int>(std::floor(col));
  for (int r = top; r <= top + 1; ++r) {
    for (int c = left; c <= left + 1; ++c) {
      if (r < 0 || r >= x.rows || c < 0 || c >= x.cols) continue;
      const double term = (1 - std::abs(row - r)) * (1 - std::abs(col - c)) * x(r, c);
      s.value += term;
      s.allowed += gamma_bound(7, u) * std::abs(term);
    }
  }
  return s;
}

TEST(Sample, WorkedExample) {
  const Matrix x{{10, 20, 30}, {50, 60, 70}};
  EXPECT_EQ(sample(x, 0, 1), 20);
  EXPECT_EQ(sample(x, 0.5F, 1), 40);
  EXPECT_EQ(sample(x, 0, 1.25F), 22.5F);
  EXPECT_EQ(sample(x, 0.25F, 0.5F), 25);      // 0.75 * 15 + 0.25 * 55
  EXPECT_EQ(sample(x, -0.5F, 0), 5);          // half of it is paper
  EXPECT_EQ(sample(x, 1.5F, 2.5F), 17.5F);    // a quarter of 70
  EXPECT_EQ(sample(x, 0.5F, -0.25F), 22.5F);  // three quarters of 30
}

TEST(Sample, IsPaperBeyondTheEdge) {
  const Matrix x(3, 5, 1);
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float far : {-1.0F, -7.5F, 5.0F, 1e9F, infinity, -infinity, std::nanf("")}) {
    EXPECT_EQ(sample(x, far, 2), 0) << far;
    EXPECT_EQ(sample(x, 1, far), 0) << far;
  }
}

TEST(Sample, AgreesWithDoubleAnywhere) {
  Philox rng(1);
  const Matrix x = random_matrix(7, 11, rng);
  Matrix got(31, 33);
  std::vector<double> want, allowed;
  for (float& value : got.values()) {
    const auto row = static_cast<float>(10 * rng.uniform() - 1.5);
    const auto col = static_cast<float>(14 * rng.uniform() - 1.5);
    value = sample(x, row, col);
    const Sampled s = sampled(x, row, col);
    want.push_back(s.value);
    allowed.push_back(s.allowed);
  }
  EXPECT_TRUE(within(got, want, allowed));
}

TEST(Field, AShiftMovesThePictureDownAndRight) {
  Philox rng(2);
  const Matrix x = random_matrix(9, 7, rng);
  DisplacementField field = make_field(9, 7);
  add_shift(field, 2, -3);
  Guarded<float> y({9, 7});
  warp({y.data(), 9, 7, 7}, x, field);
  std::vector<double> want;
  for (int r = 0; r < 9; ++r) {
    for (int c = 0; c < 7; ++c) want.push_back(r - 2 >= 0 && c + 3 < 7 ? x(r - 2, c + 3) : 0);
  }
  EXPECT_TRUE(close_guarded(y, want, Bound{}));
}

// Where to look for the pixel at (row, col) from the middle: at the same distance from it,
// `degrees` further clockwise. Of the two products 4 roundings (angle, sine or cosine at 2 for its
// library, product), of each addition 1.
TEST(Field, ARotationAgreesWithDouble) {
  for (const auto& [H, W] : std::vector<std::pair<int, int>>{{9, 15}, {28, 28}, {1, 31}, {33, 1}}) {
    for (const float degrees : {30.0F, -11.5F, 180.0F}) {
      DisplacementField field = make_field(H, W);
      add_shift(field, 0.75F, -1.5F);
      add_rotation(field, degrees);
      const double angle = static_cast<double>(degrees) * std::numbers::pi / 180;
      std::vector<double> down, right, allowed;
      for (int r = 0; r < H; ++r) {
        for (int c = 0; c < W; ++c) {
          const double row = r - (H - 1) / 2.0, col = c - (W - 1) / 2.0;
          down.push_back(row * std::cos(angle) + col * std::sin(angle) - row - 0.75);
          right.push_back(col * std::cos(angle) - row * std::sin(angle) - col + 1.5);
          allowed.push_back(u * ((6 + 2 * std::abs(angle)) * (std::abs(row) + std::abs(col)) + 4));
        }
      }
      EXPECT_TRUE(within(field.down, down, allowed)) << H << " x " << W << ", " << degrees;
      EXPECT_TRUE(within(field.right, right, allowed)) << H << " x " << W << ", " << degrees;
    }
  }
}

// An L turned by a quarter counterclockwise lies on its back, foot up at the right end of it.
TEST(Field, AQuarterTurnIsCounterclockwise) {
  const Matrix x{
      {0, 1, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 1, 1, 1, 0}};
  const Matrix want{
      {0, 0, 0, 0, 0}, {0, 0, 0, 0, 1}, {0, 0, 0, 0, 1}, {1, 1, 1, 1, 1}, {0, 0, 0, 0, 0}};
  DisplacementField field = make_field(5, 5);
  add_rotation(field, 90);
  Matrix y(5, 5);
  warp(y, x, field);
  // Each place is off by up to 6 u (2 + 2) and by the rounding of the place, 2 u, in two
  // directions.
  EXPECT_TRUE(close(y, want, Bound{.abs = 64 * u}));
}

TEST(Warp, SamplesWhereTheFieldSays) {
  Philox rng(4);
  for (const auto& [H, W] : std::vector<std::pair<int, int>>{{5, 9}, {31, 3}, {1, 1}, {28, 27}}) {
    const Matrix x = random_matrix(H, W, rng);
    DisplacementField field{random_matrix(H, W, rng), random_matrix(H, W, rng)};
    std::vector<double> want, allowed;
    for (int r = 0; r < H; ++r) {
      for (int c = 0; c < W; ++c) {
        // The place itself is a float: r + down, rounded.
        const Sampled s = sampled(x, static_cast<float>(r) + field.down(r, c),
                                  static_cast<float>(c) + field.right(r, c));
        want.push_back(s.value);
        allowed.push_back(s.allowed);
      }
    }
    Guarded<float> y({H, W});
    warp({y.data(), H, W, W}, x, field);
    EXPECT_TRUE(within(y, want, allowed)) << H << " x " << W;
  }
}

TEST(Warp, AStillFieldChangesNothing) {
  Philox rng(5);
  const Matrix x = random_matrix(7, 9, rng);
  Matrix y(7, 9);
  warp(y, x, make_field(7, 9));
  EXPECT_TRUE(identical(y, x));
}

TEST(Warp, RefusesWhatDoesNotFit) {
  Matrix x(3, 4), y(3, 4), other(4, 3);
  const DisplacementField field = make_field(3, 4);
  EXPECT_TRUE(refuses([&] { warp(other, x, field); }, {"(3, 4)", "(4, 3)"}));
  EXPECT_TRUE(refuses([&] { warp(y, x, make_field(4, 4)); }, {"(4, 4)"}));
  EXPECT_TRUE(refuses([&] { warp(x, x, field); }, {"memory"}));
  EXPECT_TRUE(refuses([] { make_field(0, 3); }, {"0 x 3"}));
  DisplacementField torn{Matrix(3, 4), Matrix(3, 5)};
  EXPECT_TRUE(refuses([&] { add_rotation(torn, 1); }, {"(3, 4)", "(3, 5)"}));
  EXPECT_TRUE(refuses([&] { add_shift(torn, 1, 1); }, {"(3, 4)", "(3, 5)"}));
}

}  // namespace
}  // namespace nn::cpu
