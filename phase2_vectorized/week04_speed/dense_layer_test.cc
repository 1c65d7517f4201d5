#include "phase2_vectorized/week04_speed/dense_layer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Layers on batches".
TEST(Dense, WorkedExample) {
  Matrix y(2, 2);
  dense_forward(y, Matrix{{1, 2, 3}, {4, 5, 6}}, Matrix{{1, 0}, {0, 1}, {2, -1}}, Matrix{{10, 20}});
  EXPECT_TRUE(identical(y, Matrix{{17, 19}, {26, 19}}));
}

}  // namespace
}  // namespace nn::cpu
