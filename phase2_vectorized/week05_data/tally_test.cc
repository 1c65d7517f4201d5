#include "phase2_vectorized/week05_data/tally.h"

#include <cmath>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

const float kNan = std::nanf("");

testing::AssertionResult is(const Tally& got, std::int64_t right, std::int64_t of) {
  return identical(std::vector<std::int64_t>{got.right, got.of},
                   std::vector<std::int64_t>{right, of});
}

// The worked example of README.md, "Accuracy of a batch and of an epoch".
TEST(Tally, WorkedExample) {
  const Tally first = categorical_tally(Matrix{{2, 1, 0}, {0, 3, 1}, {1, 0, 2}, {5, 4, 3}},
                                        std::vector<int>{0, 1, 2, 1});
  EXPECT_TRUE(is(first, 3, 4));
  const Tally second = categorical_tally(Matrix{{0, 1, 0}}, std::vector<int>{2});
  EXPECT_TRUE(is(second, 0, 1));
  Tally epoch;
  epoch += first;
  epoch += second;
  EXPECT_TRUE(is(epoch, 3, 5));
  EXPECT_TRUE(identical(epoch.share(), 0.6));  // and not (3/4 + 0) / 2
}

TEST(Tally, NoShareOfNothing) {
  EXPECT_TRUE(std::isnan(Tally{}.share()));
  EXPECT_TRUE(std::isnan(Tally({0, 0}).share()));
  EXPECT_TRUE(identical(Tally({0, 3}).share(), 0.0));
  EXPECT_TRUE(identical(Tally({1, 3}).share(), 1.0 / 3));
}

// Right for the first k rows and wrong for the others.
TEST(Tally, CountsRows) {
  const int B = 33, L = 5;
  std::vector<int> labels;
  for (int b = 0; b < B; ++b) labels.push_back((2 * b + 1) % L);
  for (int k = 0; k <= B; ++k) {
    Matrix y(B, L);
    for (int b = 0; b < B; ++b) {
      const int truth = labels[static_cast<std::size_t>(b)];
      y(b, b < k ? truth : (truth + 1 + b % (L - 1)) % L) = 1;
    }
    EXPECT_TRUE(is(categorical_tally(y, labels), k, B));
  }
}

TEST(Tally, OfATieTheFirstIsTaken) {
  const Matrix y{{3, 3, 3}, {3, 3, 3}, {1, 3, 3}};
  EXPECT_TRUE(is(categorical_tally(y, std::vector<int>{0, 2, 1}), 2, 3));
}

TEST(Tally, LogitsBelowZeroAreRankedToo) {
  const Matrix y{{-5, -3, -4}};
  EXPECT_TRUE(is(categorical_tally(y, std::vector<int>{1}), 1, 1));
}

TEST(Tally, NanIsTheLargest) {
  const auto right = [](const Matrix& y, int label) {
    return categorical_tally(y, std::vector<int>{label});
  };
  EXPECT_TRUE(is(right(Matrix{{0, kNan, 9}}, 1), 1, 1));
  EXPECT_TRUE(is(right(Matrix{{0, kNan, 9}}, 2), 0, 1));
  EXPECT_TRUE(is(right(Matrix{{kNan, 1, 2}}, 2), 0, 1));
  EXPECT_TRUE(is(right(Matrix{{kNan, 1, kNan}}, 0), 1, 1));
}

TEST(Tally, BinaryLooksAtTheSideOfTheThreshold) {
  const Matrix p{{0.9F, 0.1F, 0.5F}, {0.6F, 0.4F, 0.25F}}, t{{1, 0, 0}, {0, 1, 0}};
  EXPECT_TRUE(is(binary_tally(p, t, 0.5F), 4, 6));  // 0.5 is not above it
  EXPECT_TRUE(is(binary_tally(p, t, 0.3F), 4, 6));
  EXPECT_TRUE(is(binary_tally(p, t, 0.75F), 5, 6));
  EXPECT_TRUE(is(binary_tally(Matrix{{kNan, kNan, 1}}, Matrix{{0, 1, kNan}}, 0.5F), 0, 3));
}

TEST(Tally, RegressionLooksBothWaysUpToThePrecision) {
  const Matrix y{{1, 1, 1}, {1, 1, kNan}}, t{{1.5F, 0.5F, 1.75F}, {0.25F, 1, 1}};
  EXPECT_TRUE(is(regression_tally(y, t, 0.5F), 3, 6));  // exactly 0.5 away counts, either way
  EXPECT_TRUE(is(regression_tally(y, t, 0), 1, 6));
}

// Every shape with one element in the last place that is far off: rows and columns are all walked.
TEST(Tally, CountsElementsOnAwkwardShapes) {
  for (const auto& [rows, cols] : {std::pair{1, 1}, {1, 31}, {33, 2}, {3, 127}, {129, 5}}) {
    const std::int64_t all = std::int64_t{rows} * cols;
    Matrix p(rows, cols, 0.75F);
    const Matrix t(rows, cols, 1.0F);
    p(rows - 1, cols - 1) = 0.25F;
    EXPECT_TRUE(is(binary_tally(p, t, 0.5F), all - 1, all));
    EXPECT_TRUE(is(regression_tally(p, t, 0.5F), all - 1, all));
  }
}

// In whole numbers: deviations -3 1 1 -3 5 -1 of the mean 4 have squares that add up to 46; and a case
// whose deviation is a whole number.
TEST(Tally, PrecisionIsAPartOfTheSpread) {
  const Matrix t{{1, 5, 5}, {1, 9, 3}};
  EXPECT_TRUE(identical(regression_precision(t), static_cast<float>(std::sqrt(46.0 / 6) / 250)));
  EXPECT_TRUE(identical(
      regression_precision(Matrix{{-1000}, {0}, {1000}, {0}, {-1000}, {1000}, {0}, {0}, {0}}),
      static_cast<float>(std::sqrt(4e6 / 9) / 250)));
  EXPECT_TRUE(identical(regression_precision(Matrix(3, 5, 7.5F)), 0.0F));
  // A mean far from 0, which one pass in float would not survive.
  EXPECT_TRUE(identical(regression_precision(Matrix{{1000001}, {1000000}, {999999}}),
                        static_cast<float>(std::sqrt(2.0 / 3) / 250)));
}

TEST(Tally, RefusesBadArguments) {
  EXPECT_TRUE(refuses(
      [] {
        categorical_tally(Matrix(2, 3), std::vector<int>{0, 3});
      },
      {"categorical_tally", "3", "[0, 3)"}));
  EXPECT_TRUE(
      refuses([] { categorical_tally(Matrix(2, 3), std::vector<int>{0}); }, {"categorical_tally"}));
  EXPECT_TRUE(refuses([] { binary_tally(Matrix(2, 3), Matrix(3, 2), 0.5F); },
                      {"binary_tally", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([] { regression_tally(Matrix(2, 3), Matrix(3, 2), 1); },
                      {"regression_tally", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([] { regression_tally(Matrix{{1}}, Matrix{{1}}, -0.5F); }, {"-0.5"}));
  EXPECT_TRUE(refuses([] { regression_tally(Matrix{{1}}, Matrix{{1}}, kNan); }, {"nan"}));
  EXPECT_TRUE(refuses([] { regression_precision(Matrix(0, 3)); }, {"regression_precision"}));
}

}  // namespace
}  // namespace nn::cpu
