#include "phase2_vectorized/week04_speed/matrix.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// A matrix whose element at position i of memory is i + 1, so that each value names its place.
Matrix counting(int rows, int cols) {
  Matrix m(rows, cols);
  for (int i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(i + 1);
  return m;
}

TEST(Matrix, IsRowMajorAndStartsFilled) {
  const Matrix m{{1, 2, 3}, {4, 5, 6}}, halves(3, 5, 0.5F);
  EXPECT_TRUE(identical(m.values(), std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(m(1, 0), 4);
  EXPECT_TRUE(identical(halves.values(), std::vector<double>(15, 0.5)));
}

TEST(Matrix, MemoryBeginsAtACacheLine) {
  for (int cols = 1; cols < 40; cols += 3) {
    const Matrix m(3, cols);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(m.data()) % Matrix::kAlignment, 0U);
  }
}

TEST(Matrix, ResizeKeepsMemoryThatIsLargeEnough) {
  Matrix m(31, 33);
  const float* before = m.data();
  m.resize(7, 5);
  EXPECT_EQ(m.data(), before);
  EXPECT_EQ(shape_text(m), "(7, 5)");
  m.resize(33, 31);
  EXPECT_EQ(m.data(), before);
  m.resize(33, 32);
  EXPECT_EQ(m.size(), 33 * 32);
  m(32, 31) = 4;  // the last element is there: AddressSanitizer would say otherwise
}

TEST(Matrix, CopiesAreIndependentAndMovesLeaveNothing) {
  Matrix original = counting(3, 5), copy = original;
  copy(0, 1) = 9;
  EXPECT_EQ(original(0, 1), 2);
  const float* memory = copy.data();
  const Matrix moved = std::move(copy);
  EXPECT_EQ(moved.data(), memory);
  original = moved;
  EXPECT_TRUE(identical(original, moved));
}

TEST(Matrix, ViewsAreTheSameMemory) {
  Matrix m = counting(5, 7);
  const ConstMatrixView block = m.view().block(1, 2, 3, 4);
  EXPECT_EQ(block(0, 0), 10);
  EXPECT_EQ(block(2, 3), 27);
  EXPECT_EQ(transposed(block)(3, 2), 27);
  EXPECT_EQ(transposed(block).rows, 4);
  EXPECT_EQ(transposed(block).block(1, 1, 2, 2)(0, 1), block(2, 1));
  MatrixView writable = m;
  writable.block(1, 2, 3, 4)(2, 3) = -1;
  EXPECT_EQ(m(3, 5), -1);
}

TEST(Matrix, RefusesIndicesOutsideAndNamesTheLine) {
  Matrix m(2, 3);
  const Matrix& reader = m;
  const auto here = [](int line) { return detail::cat(__FILE__, ":", line, ": "); };
  EXPECT_TRUE(refuses([&] { m(2, 0); }, {"(2, 0)", "(2, 3)", here(__LINE__)}));
  EXPECT_TRUE(refuses([&] { m(0, 3); }, {"(0, 3)", "(2, 3)", here(__LINE__)}));
  EXPECT_TRUE(refuses([&] { reader(-1, 0); }, {"(-1, 0)", "(2, 3)", here(__LINE__)}));
}

TEST(Matrix, RefusesImpossibleShapesAndKeepsWhatItHas) {
  const int most = std::numeric_limits<int>::max();
  Matrix m = counting(3, 5);
  EXPECT_TRUE(refuses([&] { m.resize(-1, 3); }, {"(-1, 3)"}));
  EXPECT_TRUE(refuses([&] { m.resize(most, 2); }, {"(2147483647, 2)", "2^31 - 1"}));
  EXPECT_TRUE(refuses([] { Matrix({{1, 2, 3}, {4, 5}}); }, {"2 against 3"}));
  EXPECT_TRUE(identical(m, counting(3, 5)));
}

}  // namespace
}  // namespace nn::cpu
