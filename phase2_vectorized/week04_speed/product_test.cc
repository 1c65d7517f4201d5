#include "phase2_vectorized/week04_speed/product.h"

#include <gtest/gtest.h>

#include <limits>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(Product, ScaleRowsByZeroForgetsNan) {
  Matrix c{{kNan, 2, 3}, {4, kNan, 6}};
  scale_rows(MatrixView(c).block(0, 0, 2, 2), 0);
  EXPECT_TRUE(identical(c, Matrix{{0, 0, 3}, {0, 0, 6}}));
}

TEST(Product, ScaleRows) {
  Matrix c{{1, 2, 3}, {4, 5, 6}};
  scale_rows(MatrixView(c).block(0, 1, 2, 2), -2);
  EXPECT_TRUE(identical(c, Matrix{{1, -4, -6}, {4, -10, -12}}));
  scale_rows(c, 1);
  EXPECT_TRUE(identical(c, Matrix{{1, -4, -6}, {4, -10, -12}}));
}

TEST(Product, EvenSteps) {
  EXPECT_EQ(even_step(16, 14), 8);
  EXPECT_EQ(even_step(14, 14), 14);
  EXPECT_EQ(even_step(29, 14), 10);
  EXPECT_EQ(even_step(5, 14), 5);
  EXPECT_EQ(even_step(0, 14), 1);
  EXPECT_EQ(even_step(std::numeric_limits<int>::max(), 14), 14);
}

TEST(Product, RefusesWhatDoesNotChain) {
  EXPECT_TRUE(refuses_bad_operands(
      [](MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale) { check_product(c, a, b); }));
}

// Two blocks of one matrix that share no element, but whose first and last addresses interleave, are
// refused too: telling them apart is not worth its price. Blocks of rows are apart.
TEST(Product, BlocksOfRowsAreApart) {
  Matrix all(6, 3);
  MatrixView whole = all;
  check_product(whole.block(0, 0, 3, 3), whole.block(3, 0, 3, 3), Matrix(3, 3));
  EXPECT_TRUE(refuses(
      [&] { check_product(whole.block(0, 0, 2, 1), whole.block(0, 1, 2, 2), Matrix(2, 1)); },
      {"memory of a"}));
}

}  // namespace
}  // namespace nn::cpu
