#include "phase2_vectorized/week04_speed/valley.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/compare_gtest.h"
#include "phase2_vectorized/week04_speed/optimizers.h"

namespace nn::cpu {
namespace {

TEST(Valley, ItsGradientIsTheMeasuredOne) {
  const double h = 0x1p-18;
  for (const Point p : {Point{-1.6, 2}, Point{0.3, -0.2}, Point{1, 1}, Point{2, -1}}) {
    const Point gradient = valley_gradient(p);
    const std::vector<double> measured{(valley({p.x + h, p.y}) - valley({p.x - h, p.y})) / (2 * h),
                                       (valley({p.x, p.y + h}) - valley({p.x, p.y - h})) / (2 * h)};
    // f is at most 126 here and its third derivative 240: rounding 126 u / h, and 240 h^2 / 6.
    EXPECT_TRUE(close(std::vector<double>{gradient.x, gradient.y}, measured,
                      Bound{.abs = 8 * 126 * kUnitRoundoff64 / h + 40 * h * h}));
  }
}

TEST(Valley, HasItsMinimumAtOneOne) {
  EXPECT_EQ(valley({1, 1}), 0);
  EXPECT_EQ(valley_gradient({1, 1}).x, 0);
  EXPECT_EQ(valley_gradient({1, 1}).y, 0);
  // Not convex: the middle of two points of one height is higher.
  EXPECT_GT(valley({0, 4}), valley({-2, 4}));
  EXPECT_GT(valley({0, 4}), valley({2, 4}));
}

// What README.md says of the walks: a velocity takes one to the minimum within a hundred steps, where
// without one the same hundred end on the way.
TEST(Valley, AVelocityGoesFurther) {
  Sgd sgd, momentum({.momentum = 0.9}), nesterov({.momentum = 0.9, .nesterov = true});
  const double without = valley(walk(sgd, 0.02F, kValleySteps).back());
  EXPECT_GT(without, 0.1);
  EXPECT_LT(valley(walk(momentum, 0.01F, kValleySteps).back()), 0.001);
  EXPECT_LT(valley(walk(nesterov, 0.01F, kValleySteps).back()), 0.001);
}

std::string committed(const char* name) {
  std::ifstream file(std::filesystem::path(NN_PICTURES) / name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// After a change of what they show: cmake --build build/release --target phase2.week04.pictures
TEST(Valley, ThePicturesAreWhatTheCodeDraws) {
  EXPECT_EQ(committed("optimizer_walks.svg"), draw_walks());
  EXPECT_EQ(committed("optimizer_losses.svg"), draw_losses());
  EXPECT_EQ(committed("schedules.svg"), draw_schedules());
}

}  // namespace
}  // namespace nn::cpu
