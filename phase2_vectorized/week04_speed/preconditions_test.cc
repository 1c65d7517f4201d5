#include "phase2_vectorized/week04_speed/preconditions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

TEST(Preconditions, NameBothShapes) {
  EXPECT_TRUE(refuses(
      [] {
        check_same_shape("f", {"a", Matrix(2, 3)}, {"b", Matrix(3, 2)});
      },
      {"f", "a is (2, 3)", "b is (3, 2)"}));
}

}  // namespace
}  // namespace nn::cpu
