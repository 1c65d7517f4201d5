#include "phase1_cpu/week01_matrix/matrix.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "common/compare_gtest.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// A matrix whose element at position i of memory is i + 1, so that each value names its place.
// Filled through values(), which is plain storage, and not through what is being tested.
Matrix counting(int rows, int cols) {
  Matrix m(rows, cols);
  for (int i = 0; i < rows * cols; ++i) m.values()[i] = i + 1;
  return m;
}

// The worked example of README.md, "A matrix in memory".
TEST(Matrix, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};
  EXPECT_EQ(a.rows(), 2);
  EXPECT_EQ(a.cols(), 3);
  EXPECT_TRUE(identical(a.values(), std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(identical(a(0, 0), 1));
  EXPECT_TRUE(identical(a(1, 0), 4));
  EXPECT_TRUE(identical(a(1, 2), 6));
  EXPECT_TRUE(identical(a.row(1), std::vector<double>{4, 5, 6}));
}

TEST(Matrix, StartsFilled) {
  const Matrix zeros(3, 2), halves(1, 5, 0.5);
  EXPECT_EQ(zeros.rows(), 3);
  EXPECT_EQ(zeros.cols(), 2);
  EXPECT_EQ(zeros.size(), 6);
  EXPECT_TRUE(identical(zeros.values(), std::vector<double>(6, 0.0)));
  EXPECT_TRUE(identical(halves.values(), std::vector<double>(5, 0.5)));
}

TEST(Matrix, IsRowMajor) {
  for (const auto& [rows, cols] : awkward_shapes()) {
    const Matrix m = counting(rows, cols);
    std::vector<double> read, want;
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < cols; ++c) {
        read.push_back(m(r, c));
        want.push_back(r * cols + c + 1);
      }
    }
    EXPECT_TRUE(as_result(compare(read, want, {rows, cols}, Bound{}))) << shape_text(m);
  }
}

TEST(Matrix, WritesWhereItReads) {
  for (const auto& [rows, cols] : awkward_shapes()) {
    Matrix m(rows, cols);
    m(rows - 1, cols / 2) = 7;
    std::vector<double> want(rows * cols, 0.0);
    want[(rows - 1) * cols + cols / 2] = 7;
    EXPECT_TRUE(identical(m.values(), want)) << shape_text(m);
  }
}

TEST(Matrix, RowIsOneRowOfTheSameMemory) {
  for (const auto& [rows, cols] : awkward_shapes()) {
    Matrix m = counting(rows, cols);
    const Matrix& reader = m;
    for (int r = 0; r < rows; ++r) {
      std::vector<double> want;
      for (int c = 0; c < cols; ++c) want.push_back(r * cols + c + 1);
      ASSERT_TRUE(identical(m.row(r), want)) << "row " << r << " of " << shape_text(m);
      ASSERT_TRUE(identical(reader.row(r), want)) << "row " << r << " of " << shape_text(m);
    }
    m.row(rows / 2)[0] = -1;  // a view: writing through it changes the matrix
    EXPECT_EQ(m.values()[rows / 2 * cols], -1) << shape_text(m);
  }
}

TEST(Matrix, CopiesAreIndependent) {
  const Matrix original{{1, 2}, {3, 4}};
  Matrix copy = original;
  copy(0, 1) = 9;
  EXPECT_EQ(original(0, 1), 2);
  EXPECT_NE(copy, original);
}

TEST(Matrix, EqualityNeedsTheSameShape) {
  EXPECT_EQ((Matrix{{1, 2}, {3, 4}}), (Matrix{{1, 2}, {3, 4}}));
  EXPECT_NE((Matrix{{1, 2}, {3, 4}}), (Matrix{{1, 2, 3, 4}}));
  EXPECT_NE(Matrix(0, 3), Matrix(3, 0));
}

TEST(Matrix, MayBeEmpty) {
  EXPECT_EQ(Matrix().size(), 0);
  EXPECT_EQ(Matrix(0, 5).cols(), 5);
  EXPECT_EQ(Matrix(4, 0).rows(), 4);
  EXPECT_TRUE(Matrix(4, 0).row(3).empty());
  EXPECT_EQ((Matrix{{}, {}}).rows(), 2);
}

// Each of these is a place that exists in memory or right beside it, so that a check of the
// position alone, or of one index alone, lets some of them through.
TEST(Matrix, RefusesIndicesOutside) {
  Matrix m(2, 3);
  const Matrix& reader = m;
  EXPECT_TRUE(refuses([&] { m(2, 0); }, {"(2, 0)", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { m(0, 3); }, {"(0, 3)", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { m(1, -1); }, {"(1, -1)", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { m(-1, 4); }, {"(-1, 4)", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { reader(0, 3); }, {"(0, 3)", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { m.row(2); }, {"row 2", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { reader.row(-1); }, {"row -1", "(2, 3)"}));
}

// The mistake is in the line that asked, so that is the line to name.
TEST(Matrix, ARefusalNamesTheCallersFileAndLine) {
  Matrix m(2, 3);
  const Matrix& reader = m;
  const auto here = [](int line) { return detail::cat(__FILE__, ":", line, ": "); };
  EXPECT_TRUE(refuses([&] { m(0, 3); }, {here(__LINE__)}));
  EXPECT_TRUE(refuses([&] { reader(2, 0); }, {here(__LINE__)}));
  EXPECT_TRUE(refuses([&] { m.row(2); }, {here(__LINE__)}));
  EXPECT_TRUE(refuses([&] { reader.row(-1); }, {here(__LINE__)}));
}

TEST(Matrix, RefusesImpossibleShapes) {
  const int most = std::numeric_limits<int>::max();
  EXPECT_TRUE(refuses([] { Matrix(-1, 3); }, {"(-1, 3)"}));
  EXPECT_TRUE(refuses([] { Matrix(3, -1); }, {"(3, -1)"}));
  EXPECT_TRUE(refuses([&] { Matrix(most, 2); }, {"(2147483647, 2)", "2^31 - 1"}));
  EXPECT_EQ(Matrix(most, 0).size(), 0);
}

TEST(Matrix, RefusesRowsOfDifferentLength) {
  EXPECT_TRUE(refuses([] { Matrix({{1, 2, 3}, {4, 5}}); }, {"2 against 3"}));
}

}  // namespace
}  // namespace nn::basic
