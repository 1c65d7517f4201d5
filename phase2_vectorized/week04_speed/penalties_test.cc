#include "phase2_vectorized/week04_speed/penalties.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Penalties on weights".
TEST(Penalties, WorkedExample) {
  const Matrix w{{1, -2}, {0, 4}};
  EXPECT_EQ(l1_penalty(w, 0.5F), 3.5F);
  EXPECT_EQ(l2_penalty(w, 0.5F), 10.5F);
}

}  // namespace
}  // namespace nn::cpu
