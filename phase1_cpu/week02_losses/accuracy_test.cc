#include "phase1_cpu/week02_losses/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "phase1_cpu/testing.h"
#include "phase1_cpu/week02_losses/one_hot.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Accuracy".
TEST(Accuracy, WorkedExample) {
  const Matrix y{{2, 1, 0}, {0, 3, 1}, {1, 0, 2}, {5, 4, 3}};
  EXPECT_TRUE(identical(categorical_accuracy(y, {0, 1, 2, 1}), 0.75));
  const Matrix near{{1, 2, 3}, {4, 5, 6}}, t{{1.25, 2, 2.5}, {4, 5.75, 6.5}};
  EXPECT_TRUE(
      identical(regression_accuracy(near, t, 0.5), 5.0 / 6));  // 0.75 is too far, 0.5 is not
}

TEST(Accuracy, MatchesReference) {
  // A count over a count is rounded once, and so the same everywhere.
  const double categorical = categorical_accuracy(golden_matrix("categorical_accuracy/y"),
                                                  golden_labels("categorical_accuracy/t"));
  EXPECT_TRUE(identical(Matrix{{categorical}}, golden_matrix("categorical_accuracy/accuracy")));
  const double regression = regression_accuracy(golden_matrix("regression_accuracy/y"),
                                                golden_matrix("regression_accuracy/t"),
                                                golden_number("regression_accuracy/precision"));
  EXPECT_TRUE(identical(Matrix{{regression}}, golden_matrix("regression_accuracy/accuracy")));
}

// Right for the first k rows and wrong for the others, at every share of a batch of 33.
TEST(Accuracy, CountsRows) {
  const int B = 33, L = 5;
  std::vector<int> t;
  for (int b = 0; b < B; ++b) t.push_back((2 * b + 1) % L);
  for (int k = 0; k <= B; ++k) {
    std::vector<int> answers = t;
    for (int b = k; b < B; ++b) answers[b] = (t[b] + 1 + b % (L - 1)) % L;
    EXPECT_TRUE(
        identical(categorical_accuracy(one_hot(answers, L), t), static_cast<double>(k) / B));
  }
}

// Shapes whose extents differ, each element but the first one too far.
TEST(Accuracy, CountsElementsOnAwkwardShapes) {
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix y(rows, cols, 2.0);
    Matrix t(rows, cols, 1.0);
    t(0, 0) = 2.25;
    EXPECT_TRUE(identical(regression_accuracy(y, t, 0.5), 1.0 / y.size()));
  }
}

TEST(Accuracy, OfATieGoesToTheFirst) {
  EXPECT_TRUE(identical(categorical_accuracy(Matrix{{3, 3, 3}, {3, 3, 3}}, {0, 2}), 0.5));
}

TEST(Accuracy, LooksBothWaysUpToThePrecision) {
  const Matrix y{{1, 1, 1, 1}}, t{{1.5, 0.5, 1.75, 0.25}};
  EXPECT_TRUE(
      identical(regression_accuracy(y, t, 0.5), 0.5));  // exactly 0.5 away counts, either way
  EXPECT_TRUE(identical(regression_accuracy(y, y, 0), 1));
}

TEST(Accuracy, NanIsNeverClose) {
  EXPECT_TRUE(
      identical(regression_accuracy(Matrix{{std::nan(""), 1}}, Matrix{{1, 1}}, 1e308), 0.5));
  EXPECT_TRUE(identical(categorical_accuracy(Matrix{{0, std::nan(""), 1}}, {2}), 0));
}

TEST(Accuracy, RefusesBadArguments) {
  EXPECT_TRUE(refuses(
      [] {
        categorical_accuracy(Matrix(2, 3), {0, 3});
      },
      {"categorical_accuracy", "t[1] = 3", "[0, 3)"}));
  EXPECT_TRUE(refuses([] { categorical_accuracy(Matrix(2, 3), {0}); },
                      {"categorical_accuracy", "1 against 2"}));
  EXPECT_TRUE(refuses([] { categorical_accuracy(Matrix(0, 3), {}); },
                      {"categorical_accuracy", "(0, 3)", "mean"}));
  EXPECT_TRUE(refuses([] { regression_accuracy(Matrix(2, 3), Matrix(3, 2), 1); },
                      {"regression_accuracy", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([] { regression_accuracy(Matrix(0, 3), Matrix(0, 3), 1); },
                      {"regression_accuracy", "(0, 3)", "mean"}));
  EXPECT_TRUE(refuses([] { regression_accuracy(Matrix{{1}}, Matrix{{1}}, -0.5); },
                      {"regression_accuracy", "precision is -0.5"}));
  EXPECT_TRUE(refuses([] { regression_accuracy(Matrix{{1}}, Matrix{{1}}, std::nan("")); },
                      {"regression_accuracy", "precision is nan"}));
}

}  // namespace
}  // namespace nn::basic
