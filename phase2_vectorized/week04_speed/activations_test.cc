#include "phase2_vectorized/week04_speed/activations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Activations by the register": log 2 makes e^-x = 1/2.
TEST(Activations, WorkedExample) {
  const Matrix x{{-std::log(2.0F), 0, 3}};
  Matrix y(1, 3);
  relu(y, x);
  EXPECT_TRUE(identical(y, Matrix{{0, 0, 3}}));
}

}  // namespace
}  // namespace nn::cpu
