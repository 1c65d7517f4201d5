#include "phase2_vectorized/week04_speed/matmul_06_threads.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "The product again". Small integers: every sum is exact.
TEST(MatmulThreads, WorkedExample) {
  const Matrix a{{1, 2, 3}, {4, 5, 6}};       // (2,3)
  const Matrix b{{7, 8}, {9, 10}, {11, 12}};  // (3,2)
  Matrix c{{1, 2}, {3, 4}};
  matmul_06_threads(c, a, b, {.alpha = 2, .beta = 10});
  EXPECT_TRUE(identical(c, Matrix{{126, 148}, {308, 348}}));
}

TEST(MatmulThreads, AwkwardShapes) {
  for (const ProductCase& c : awkward_products()) EXPECT_TRUE(computes(&matmul_06_threads, c));
}

TEST(MatmulThreads, TransposedOperands) {
  for (const ProductCase& c : transposed_products()) EXPECT_TRUE(computes(&matmul_06_threads, c));
}

// Where beta is 0, c starts as NaN, which may not come through.
TEST(MatmulThreads, ScalesAndAdds) {
  for (const ProductCase& c : scaled_products()) EXPECT_TRUE(computes(&matmul_06_threads, c));
}

TEST(MatmulThreads, EmptySumsAreZero) {
  for (const ProductCase& c : empty_products()) EXPECT_TRUE(computes(&matmul_06_threads, c));
}

TEST(MatmulThreads, RefusesBadOperands) { EXPECT_TRUE(refuses_bad_operands(&matmul_06_threads)); }

// 0 * NaN is NaN: leaving out the zeros of a hides a broken b.
TEST(MatmulThreads, ZeroTimesNanIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix c(2, 2);
  matmul_06_threads(c, Matrix{{0, 1}, {1, 0}}, Matrix{{nan, 2}, {3, 4}});
  EXPECT_TRUE(std::isnan(c(0, 0)));
  EXPECT_EQ(c(0, 1), 4);
}

// More threads than pieces, and numbers that do not divide the tiles.
TEST(MatmulThreads, SameBitsForEveryNumberOfThreads) {
  const int before = threads();
  Philox rng(5);
  for (const auto& [M, N, K] : {std::array{131, 67, 300}, {67, 131, 33}, {5, 700, 7}}) {
    const Matrix a = random_matrix(M, K, rng), b = random_matrix(K, N, rng);
    Matrix alone(M, N), together(M, N);
    set_threads(1);
    matmul_06_threads(alone, a, b);
    for (const int count : {2, 3, 5, 16}) {
      set_threads(count);
      matmul_06_threads(together, a, b);
      EXPECT_TRUE(identical(together, alone)) << count << " threads, M=" << M << " N=" << N;
    }
  }
  set_threads(before);
}

// Which pieces there are: they are rows or columns of c, cover it, and overlap nowhere.
TEST(MatmulThreads, EveryPieceOnceAndNoSumCut) {
  static std::mutex mutex;
  static std::vector<std::pair<int, int>> shapes;
  const Product record = [](MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale) {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(a.cols, 9);
    EXPECT_EQ(b.rows, 9);
    shapes.emplace_back(c.rows, c.cols);
    for (int m = 0; m < c.rows; ++m) {
      for (int n = 0; n < c.cols; ++n) c(m, n) += 1;
    }
  };
  const int before = threads();
  set_threads(4);
  for (const auto& [M, N] : {std::array{301, 40}, {11, 207}}) {
    const Matrix a(M, 9), b(9, N);
    Matrix c(M, N);
    shapes.clear();
    matmul_in_pieces(record, c, a, b);
    EXPECT_GT(shapes.size(), 1U);
    EXPECT_LE(shapes.size(), 4U);
    EXPECT_TRUE(identical(c, Matrix(M, N, 1)));
  }
  set_threads(before);
}

}  // namespace
}  // namespace nn::cpu
