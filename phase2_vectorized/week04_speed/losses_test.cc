#include "phase2_vectorized/week04_speed/losses.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Losses on batches".
TEST(Losses, WorkedExample) {
  EXPECT_EQ(mse(Matrix{{1, 4}}, Matrix{{2, 1}}), 5);
  EXPECT_EQ(mae(Matrix{{1, 4}}, Matrix{{2, 1}}), 2);
}

}  // namespace
}  // namespace nn::cpu
