#include "phase2_vectorized/week04_speed/matmul.h"

#include <gtest/gtest.h>

#include <array>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"

namespace nn::cpu {
namespace {

// The first is computed in place, the others from packed copies, each with its operands as stored
// and transposed.
TEST(MatmulChoice, EveryWayIsRight) {
  for (const ProductCase& shape : {ProductCase{.M = 67, .N = 131, .K = 97},
                                   {.M = 65, .N = 600, .K = 443},
                                   {.M = 71, .N = 2100, .K = 129}}) {
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        ProductCase c = shape;
        c.a_transposed = a_transposed;
        c.b_transposed = b_transposed;
        c.scale = {.alpha = 0.5F, .beta = -1};
        EXPECT_TRUE(computes(&matmul, c));
      }
    }
  }
}

TEST(MatmulChoice, SameBitsForEveryNumberOfThreads) {
  const int before = threads();
  Philox rng(7);
  // Large enough for threads; in place and packed.
  for (const auto& [M, N, K] : {std::array{300, 251, 257}, {129, 631, 419}}) {
    const Matrix a = random_matrix(M, K, rng), b = random_matrix(K, N, rng);
    Matrix alone(M, N), together(M, N);
    set_threads(1);
    matmul(alone, a, b);
    for (const int count : {2, 3, 7}) {
      set_threads(count);
      matmul(together, a, b);
      EXPECT_TRUE(identical(together, alone)) << count << " threads";
    }
  }
  set_threads(before);
}

TEST(MatmulChoice, RefusesBadOperands) { EXPECT_TRUE(refuses_bad_operands(&matmul)); }

}  // namespace
}  // namespace nn::cpu
