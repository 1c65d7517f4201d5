#include "phase1_cpu/week01_matrix/broadcast.h"

#include <gtest/gtest.h>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "One row for all".
TEST(AddRow, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}}, row{{10, 20, 30}};
  EXPECT_TRUE(identical(add_row(a, row), Matrix{{11, 22, 33}, {14, 25, 36}}));
}

TEST(AddRow, MatchesReference) {
  const Matrix c = add_row(golden_matrix("add_row/a"), golden_matrix("add_row/row"));
  // One rounding each, which IEEE arithmetic defines: equal on every machine.
  EXPECT_TRUE(identical(c, golden_matrix("add_row/c")));
}

// One rounded sum an element: equality.
TEST(AddRow, EveryRowOnAwkwardShapes) {
  Philox rng(8);
  for (const auto& [M, N] : awkward_shapes()) {
    const Matrix a = random_matrix(M, N, rng), row = random_matrix(1, N, rng);
    Matrix want(M, N);
    for (int i = 0; i < M * N; ++i) want.values()[i] = a.values()[i] + row.values()[i % N];
    EXPECT_TRUE(identical(add_row(a, row), want)) << "a is " << shape_text(a);
  }
}

TEST(AddRow, ToZerosGivesTheRowInEveryRow) {
  const Matrix row{{0.1, -2, 3e300}};
  const Matrix c = add_row(Matrix(31, 3), row);
  for (int m = 0; m < 31; ++m) EXPECT_TRUE(identical(c.row(m), row.row(0))) << "row " << m;
}

TEST(AddRow, ToNoRowsIsNothing) {
  EXPECT_TRUE(identical(add_row(Matrix(0, 3), Matrix(1, 3)), Matrix(0, 3)));
}

// (2,1) would fit the rows of a (2,3) and (2,3) would fit it whole: both are another operation.
TEST(AddRow, RefusesAllButOneRowOfTheRightLength) {
  const Matrix a(2, 3);
  for (const Matrix& row : {Matrix(1, 2), Matrix(3, 1), Matrix(2, 1), Matrix(2, 3), Matrix(1, 1)}) {
    EXPECT_TRUE(refuses([&] { add_row(a, row); }, {"(2, 3)", shape_text(row), "(1, 3)"}));
  }
}

}  // namespace
}  // namespace nn::basic
