#include "phase2_vectorized/week04_speed/preconditions.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

TEST(Preconditions, ShapesMustBeEqual) {
  check_same_shape("f", {"a", Matrix(2, 3)}, {"b", Matrix(2, 3)});
  EXPECT_TRUE(refuses(
      [] {
        check_same_shape("f", {"a", Matrix(2, 3)}, {"b", Matrix(3, 2)});
      },
      {"f", "a is (2, 3)", "b is (3, 2)"}));
}

TEST(Preconditions, RowsMustBeOfAdjacentFloats) {
  const Matrix a(2, 3), column(3, 1);
  check_adjacent("f", {"a", a});
  check_adjacent("f", {"a", transposed(Matrix(1, 3))});  // one column: no neighbours in a row
  EXPECT_TRUE(refuses(
      [&] {
        check_adjacent("f", {"a", transposed(a)});
      },
      {"f", "a's rows are 3 floats apart", "transposed"}));
}

// The same view, or none of its memory.
TEST(Preconditions, AnOutputIsAnInputOrApartFromIt) {
  Matrix memory(4, 6);
  const MatrixView left{memory.data(), 4, 3, 6}, right{memory.data() + 3, 4, 3, 6},
      top{memory.data(), 2, 6, 6}, below{memory.data() + 12, 2, 6, 6},
      middle{memory.data() + 6, 2, 6, 6};
  check_elementwise("f", {"y", top}, {"x", top});
  check_elementwise("f", {"y", top}, {"x", below});
  EXPECT_TRUE(refuses(
      [&] {
        check_elementwise("f", {"y", top}, {"x", middle});
      },
      {"f", "y lies in the memory of x"}));
  // Side by side in the same rows: between their first and last elements lie each other's.
  EXPECT_TRUE(refuses([&] { check_apart("f", {"y", left}, {"x", right}); }, {"memory of x"}));
  // One element after another, packed anew, is not in place.
  const MatrixView packed{memory.data(), 4, 3, 3};
  EXPECT_TRUE(refuses(
      [&] {
        check_elementwise("f", {"y", packed}, {"x", left});
      },
      {"memory of x"}));
}

TEST(Preconditions, AMeanNeedsElements) {
  check_mean_exists("f", {"y", Matrix(1, 1)});
  EXPECT_TRUE(refuses([] { check_mean_exists("f", {"y", Matrix(0, 3)}); }, {"f", "y is (0, 3)"}));
  EXPECT_TRUE(refuses([] { check_mean_exists("f", {"y", Matrix(3, 0)}); }, {"f", "y is (3, 0)"}));
}

TEST(Preconditions, LabelsAreClasses) {
  check_labels("f", std::vector<int>{0, 2}, 2, 3);
  EXPECT_TRUE(refuses([] { check_labels("f", std::vector<int>{0, 3}, 2, 3); }, {"t[1] = 3"}));
  EXPECT_TRUE(refuses([] { check_labels("f", std::vector<int>{-1, 2}, 2, 3); }, {"t[0] = -1"}));
  EXPECT_TRUE(refuses([] { check_labels("f", std::vector<int>{1}, 2, 3); }, {"1 against 2"}));
}

TEST(Preconditions, ProbabilitiesAreFromZeroToOneOrNan) {
  check_probabilities("f", {"p", Matrix{{0, 1, std::numeric_limits<float>::quiet_NaN()}}});
  EXPECT_TRUE(refuses(
      [] {
        check_probabilities("f", {"p", Matrix{{0, 1.25F}}});
      },
      {"f", "p(0, 1) is 1.25", "logits"}));
  EXPECT_TRUE(refuses(
      [] {
        check_probabilities("f", {"p", Matrix{{0}, {-2}}});
      },
      {"p(1, 0) is -2"}));
}

}  // namespace
}  // namespace nn::cpu
