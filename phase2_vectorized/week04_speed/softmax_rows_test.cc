#include "phase2_vectorized/week04_speed/softmax_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Softmax in three walks".
TEST(Softmax, WorkedExample) {
  const Matrix z{{1, 2, 3}, {1001, 1002, 1003}};
  Matrix p(2, 3);
  softmax(p, z);
  const std::vector<double> row{0.09003057317038046, 0.24472847105479764, 0.6652409557748219};
  EXPECT_TRUE(close(std::vector<float>(p.values().begin() + 3, p.values().end()), row,
                    Bound{.rel = 12 * kUnitRoundoff32}));
}

}  // namespace
}  // namespace nn::cpu
