#include "phase2_vectorized/week05_data/resize.h"

#include <gtest/gtest.h>

#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

TEST(ResizeArea, WorkedExample) {
  const Matrix x{{1, 2, 3}, {5, 7, 9}};
  Matrix y(1, 2);
  resize_area(y, x);
  // The left half covers column 0 and half of column 1: (1 + 5 + (2 + 7) / 2) / 3.
  EXPECT_TRUE(identical(y, Matrix{{3.5F, 5.5F}}));
}

TEST(ResizeArea, ByAWholeFactorRepeatsAndAveragesBack) {
  Philox rng(1);
  const Matrix x = random_matrix(5, 7, rng);
  Matrix large(15, 28);
  resize_area(large, x);
  Matrix want(15, 28);
  for (int r = 0; r < 15; ++r) {
    for (int c = 0; c < 28; ++c) want(r, c) = x(r / 3, c / 4);
  }
  EXPECT_TRUE(close(large, want, Bound{.rel = kUnitRoundoff32}));
  Matrix back(5, 7);
  resize_area(back, large);
  EXPECT_TRUE(close(back, x, Bound{.rel = 2 * kUnitRoundoff32}));
}

TEST(ResizeArea, KeepsTheMeanBrightness) {
  Philox rng(2);
  for (const auto& [H, W] : std::vector<std::pair<int, int>>{{1, 1}, {3, 29}, {17, 4}, {31, 33}}) {
    const Matrix x = random_matrix(13, 11, rng);
    Matrix y(H, W);
    resize_area(y, x);
    double mean_x = 0, mean_y = 0, mean_abs = 0;
    for (const float value : x.values())
      mean_x += value / 143.0, mean_abs += std::abs(value) / 143.0;
    for (const float value : y.values()) mean_y += value / static_cast<double>(H * W);
    // Each pixel of y is one double rounded to float.
    EXPECT_TRUE(close(mean_y, mean_x, Bound{.abs = 2 * kUnitRoundoff32 * mean_abs}))
        << H << " x " << W;
  }
}

TEST(ResizeArea, LeavesAConstantPictureConstant) {
  Matrix y(7, 3);
  resize_area(y, Matrix(31, 29, 0.3F));
  for (const float value : y.values())
    EXPECT_TRUE(close(value, 0.3F, Bound{.rel = kUnitRoundoff32}));
}

TEST(ResizeArea, RefusesEmptyPictures) {
  Matrix y(2, 2), empty(0, 2);
  EXPECT_TRUE(refuses([&] { resize_area(y, empty); }, {"(0, 2)"}));
  EXPECT_TRUE(refuses([&] { resize_area(empty, y); }, {"(0, 2)"}));
}

}  // namespace
}  // namespace nn::cpu
