#include "phase1_cpu/week01_matrix/elementwise.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Element by element".
TEST(Elementwise, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}}, b{{10, 30, 50}, {20, 40, 60}};
  EXPECT_TRUE(identical(a + b, Matrix{{11, 32, 53}, {24, 45, 66}}));
  EXPECT_TRUE(identical(a - b, Matrix{{-9, -28, -47}, {-16, -35, -54}}));
  EXPECT_TRUE(identical(hadamard(a, b), Matrix{{10, 60, 150}, {80, 200, 360}}));
  EXPECT_TRUE(identical(0.5 * a, Matrix{{0.5, 1, 1.5}, {2, 2.5, 3}}));
  EXPECT_TRUE(identical(apply(a, [](double x) { return x * x; }), Matrix{{1, 4, 9}, {16, 25, 36}}));
}

TEST(Elementwise, MatchesReference) {
  const Matrix a = golden_matrix("elementwise/a"), b = golden_matrix("elementwise/b");
  const double s = golden_matrix("elementwise/s")(0, 0);
  // One rounding each, which IEEE arithmetic defines: equal on every machine.
  EXPECT_TRUE(identical(a + b, golden_matrix("elementwise/add")));
  EXPECT_TRUE(identical(a - b, golden_matrix("elementwise/subtract")));
  EXPECT_TRUE(identical(hadamard(a, b), golden_matrix("elementwise/hadamard")));
  EXPECT_TRUE(identical(s * a, golden_matrix("elementwise/scale")));
}

// Each element is one rounded operation, so the result is the same to the last bit.
TEST(Elementwise, EveryElementOnAwkwardShapes) {
  Philox rng(2);
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix a = random_matrix(rows, cols, rng), b = random_matrix(rows, cols, rng);
    SCOPED_TRACE(shape_text(a));
    Matrix sum(rows, cols), difference(rows, cols), product(rows, cols), scaled(rows, cols);
    Matrix shifted(rows, cols);
    for (int i = 0; i < rows * cols; ++i) {
      sum.values()[i] = a.values()[i] + b.values()[i];
      difference.values()[i] = a.values()[i] - b.values()[i];
      product.values()[i] = a.values()[i] * b.values()[i];
      scaled.values()[i] = -1.7 * a.values()[i];
      shifted.values()[i] = a.values()[i] + 0.3;
    }
    EXPECT_TRUE(identical(a + b, sum));
    EXPECT_TRUE(identical(a - b, difference));
    EXPECT_TRUE(identical(hadamard(a, b), product));
    EXPECT_TRUE(identical(-1.7 * a, scaled));
    EXPECT_TRUE(identical(apply(a, [](double x) { return x + 0.3; }), shifted));
  }
}

TEST(Elementwise, LeavesTheOperandsAlone) {
  const std::vector<double> a_before{1, 2, 3}, b_before{-4, 5, 6};
  const Matrix a{{1, 2, 3}}, b{{-4, 5, 6}};
  a + b;
  a - b;
  hadamard(a, b);
  3 * a;
  apply(a, [](double x) { return -x; });
  EXPECT_TRUE(identical(a.values(), a_before));
  EXPECT_TRUE(identical(b.values(), b_before));
}

TEST(Apply, CallsOnceAnElementRowByRow) {
  std::vector<double> seen;
  apply(Matrix{{5, 1}, {4, 2}, {3, 6}}, [&](double x) {
    seen.push_back(x);
    return x;
  });
  EXPECT_EQ(seen, (std::vector<double>{5, 1, 4, 2, 3, 6}));
}

TEST(Elementwise, OfNothingIsNothing) {
  EXPECT_TRUE(identical(Matrix(0, 3) + Matrix(0, 3), Matrix(0, 3)));
  EXPECT_TRUE(identical(2 * Matrix(3, 0), Matrix(3, 0)));
}

// (2,3) and (3,2) have equally many elements, and (1,3) is a row that could be repeated: neither
// is guessed at.
TEST(Elementwise, RefusesAnotherShape) {
  const Matrix a(2, 3);
  for (const Matrix& b : {Matrix(3, 2), Matrix(1, 3), Matrix(2, 1)}) {
    EXPECT_TRUE(refuses([&] { a + b; }, {"(2, 3)", shape_text(b)}));
    EXPECT_TRUE(refuses([&] { a - b; }, {"(2, 3)", shape_text(b)}));
    EXPECT_TRUE(refuses([&] { hadamard(a, b); }, {"(2, 3)", shape_text(b)}));
  }
}

}  // namespace
}  // namespace nn::basic
