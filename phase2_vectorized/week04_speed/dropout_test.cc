#include "phase2_vectorized/week04_speed/dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Dropout": rate 0.5, so what is kept doubles.
TEST(Dropout, WorkedExample) {
  const Matrix x{{1, 2, 3, 4}};
  Matrix y(1, 4), mask(1, 4);
  Philox rng(1);
  dropout(y, mask, x, 0.5F, rng);
  for (int c = 0; c < 4; ++c) EXPECT_EQ(y(0, c), x(0, c) * mask(0, c));
}

}  // namespace
}  // namespace nn::cpu
