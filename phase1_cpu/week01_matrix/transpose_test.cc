#include "phase1_cpu/week01_matrix/transpose.h"

#include <gtest/gtest.h>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Rows become columns".
TEST(Transpose, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};
  EXPECT_TRUE(identical(transpose(a), Matrix{{1, 4}, {2, 5}, {3, 6}}));
}

TEST(Transpose, MatchesReference) {
  EXPECT_TRUE(matches_golden(transpose(golden_matrix("transpose/a")), "transpose/t"));
}

// Nothing is computed, only moved: equality, and by position in memory.
TEST(Transpose, MovesEveryElementOnAwkwardShapes) {
  Philox rng(3);
  for (const auto& [M, N] : awkward_shapes()) {
    const Matrix a = random_matrix(M, N, rng);
    Matrix want(N, M);
    for (int i = 0; i < M * N; ++i) want.values()[i % N * M + i / N] = a.values()[i];
    EXPECT_TRUE(identical(transpose(a), want)) << "a is " << shape_text(a);
  }
}

TEST(Transpose, TwiceIsTheMatrixItself) {
  Philox rng(4);
  const Matrix a = random_matrix(33, 127, rng);
  EXPECT_TRUE(identical(transpose(transpose(a)), a));
}

TEST(Transpose, SwapsTheExtentsOfAnEmptyMatrix) {
  EXPECT_TRUE(identical(transpose(Matrix(0, 5)), Matrix(5, 0)));
}

}  // namespace
}  // namespace nn::basic
