#include "phase1_cpu/week03_learning/perceptron.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "common/check.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/elementwise.h"

namespace nn::basic {
namespace {

// Points on both sides of a random line u . x + u0 = 0, |(u, u0)| = 1, none nearer than `margin`.
struct Separable {
  Matrix x;
  std::vector<int> t;
  double radius = 0;  // of the longest (x[b,:], 1)
};

Separable separable_points(int B, int C, double margin, Philox& rng) {
  Matrix u = random_matrix(1, C + 1, rng);
  double norm = 0;
  for (const double value : u.values()) norm += value * value;
  for (double& value : u.values()) value /= std::sqrt(norm);

  Separable set;
  set.x = Matrix(B, C);
  for (int b = 0; b < B;) {
    const Matrix point = random_matrix(1, C, rng);
    double side = u(0, C), length = 1;
    for (int c = 0; c < C; ++c) {
      side += u(0, c) * point(0, c);
      length += point(0, c) * point(0, c);
    }
    if (std::abs(side) < margin) continue;  // too near: draw another
    std::ranges::copy(point.values(), set.x.row(b).begin());
    set.t.push_back(side > 0 ? 1 : -1);
    set.radius = std::max(set.radius, std::sqrt(length));
    ++b;
  }
  return set;
}

// For a run that should have separated its points, and says that it did not.
std::string how_it_ended(const PerceptronRun& run) {
  return detail::cat(
      "after ", run.epochs, " epochs and ", run.mistakes,
      " corrections the last epoch still made one.\n"
      "  Is every correction in the point's direction, the bias's too, and only for\n"
      "  points that are not on their side?");
}

// README.md, "The perceptron": four points, four corrections in the first epoch, none in the second.
TEST(TrainPerceptron, WorkedExample) {
  const Matrix x{{2, 1}, {1, 3}, {3, 2}, {0, 2}};
  const PerceptronRun run = train_perceptron(x, {1, -1, 1, -1}, 10);
  EXPECT_TRUE(run.separated) << how_it_ended(run);
  EXPECT_EQ(run.mistakes, 4);
  EXPECT_EQ(run.epochs, 2);
  EXPECT_TRUE(identical(run.perceptron.w, Matrix{{4, -2}}));
  EXPECT_EQ(run.perceptron.bias, 0);
}

// With w = 0 every point lies on the line, so the first one is added whole, on its side.
TEST(TrainPerceptron, TheFirstPointBecomesTheLine) {
  Philox rng(3);
  for (const int C : {1, 2, 31, 129}) {
    const Matrix x = random_matrix(1, C, rng);
    const PerceptronRun run = train_perceptron(x, {-1}, 1);
    EXPECT_TRUE(identical(run.perceptron.w, -1.0 * x));
    EXPECT_EQ(run.perceptron.bias, -1);
    EXPECT_EQ(run.mistakes, 1);
  }
}

TEST(TrainPerceptron, LearnsAndButNotXor) {
  const Matrix corners{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const std::vector<int> both{-1, -1, -1, 1}, one_of_them{-1, 1, 1, -1};
  const PerceptronRun run = train_perceptron(corners, both, 100);
  EXPECT_TRUE(run.separated) << how_it_ended(run);
  EXPECT_EQ(run.mistakes, 18);  // whole coordinates: exact on every machine
  EXPECT_TRUE(identical(perceptron_predict(run.perceptron, corners), both));

  const PerceptronRun hopeless = train_perceptron(corners, one_of_them, 100);
  EXPECT_FALSE(hopeless.separated);
  EXPECT_EQ(hopeless.epochs, 100);
  EXPECT_GE(hopeless.mistakes, 100);  // at least one an epoch, or it would have stopped
}

// (R / gamma)^2, R the longest and gamma at least the margin the points were drawn with [Novikoff62].
TEST(TrainPerceptron, StaysWithinNovikoffsBound) {
  Philox rng(1);
  for (const auto& [B, C] : {std::array{1, 1}, {129, 2}, {33, 31}, {127, 3}, {31, 129}}) {
    const double margin = 0.1;
    const Separable set = separable_points(B, C, margin, rng);
    const double bound = std::pow(set.radius / margin, 2);
    const PerceptronRun run = train_perceptron(set.x, set.t, static_cast<int>(bound) + 1);
    EXPECT_TRUE(run.separated) << "B=" << B << " C=" << C << ": " << how_it_ended(run);
    EXPECT_LE(static_cast<double>(run.mistakes), bound) << "B=" << B << " C=" << C;
    EXPECT_GE(run.mistakes, 1);  // w = 0 has every point on the line
    EXPECT_TRUE(identical(perceptron_predict(run.perceptron, set.x), set.t));
  }
}

// w only ever moves by whole points, so with whole coordinates the result is exact; and each
// mistake moves the bias by one.
TEST(TrainPerceptron, CountsEveryCorrection) {
  const PerceptronRun run = train_perceptron(Matrix{{5}, {7}}, {1, 1}, 10);
  EXPECT_EQ(run.mistakes, 1);
  EXPECT_EQ(run.epochs, 2);  // the second finds nothing to correct
  EXPECT_TRUE(identical(run.perceptron.w, Matrix{{5}}));
  EXPECT_EQ(run.perceptron.bias, 1);
}

TEST(TrainPerceptron, SaysSoWhenItRunsOutOfEpochs) {
  const Matrix corners{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const PerceptronRun run = train_perceptron(corners, {-1, -1, -1, 1}, 8);  // AND takes 9
  EXPECT_FALSE(run.separated);
  EXPECT_EQ(run.epochs, 8);
}

// One point with both answers: no line has it on both sides.
TEST(TrainPerceptron, StopsOnAContradiction) {
  const PerceptronRun run = train_perceptron(Matrix{{1, 2}, {1, 2}}, {1, -1}, 33);
  EXPECT_FALSE(run.separated);
  EXPECT_EQ(run.epochs, 33);
}

TEST(PerceptronPredict, APointOnTheLineIsMinusOne) {
  const Perceptron line{.w = {{1, -1}}, .bias = 2};
  EXPECT_TRUE(identical(perceptron_predict(line, Matrix{{0, 2}, {0, 1}, {0, 3}}),
                        std::vector<int>{-1, 1, -1}));
  EXPECT_TRUE(perceptron_predict(line, Matrix(0, 2)).empty());
}

TEST(Perceptron, RefusesBadInput) {
  const Matrix x{{1, 2}, {3, 4}};
  EXPECT_THROW(train_perceptron(Matrix(0, 2), {}, 10), Error);
  EXPECT_THROW(train_perceptron(x, {1}, 10), Error);
  EXPECT_THROW(train_perceptron(x, {0, 1}, 10), Error);  // 0 and 1 are not its targets
  EXPECT_THROW(train_perceptron(x, {-1, 1}, 0), Error);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THROW(train_perceptron(Matrix{{1, infinity}}, {1}, 10), Error);
  EXPECT_THROW(perceptron_predict(Perceptron{.w = {{1, 1, 1}}}, x), Error);
}

}  // namespace
}  // namespace nn::basic
