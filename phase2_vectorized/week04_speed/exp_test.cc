#include "phase2_vectorized/week04_speed/exp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Exponentials by the register".
TEST(Exp, WorkedExample) {
  const std::vector<float> x{0, 1, -2.5F, 10};
  std::vector<float> y(4);
  exp(y, x);
  EXPECT_TRUE(close(y, std::vector<double>{1, std::exp(1), std::exp(-2.5), std::exp(10)},
                    Bound{.rel = 2 * kUnitRoundoff32}));
}

}  // namespace
}  // namespace nn::cpu
