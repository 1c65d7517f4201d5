#include "phase2_vectorized/week04_speed/softmax_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The worked example of README.md, "Softmax and cross-entropy in one walk".
TEST(SoftmaxCrossEntropy, WorkedExample) {
  const Matrix z{{1, 2, 3}, {1, 2, 3}};
  const std::vector<int> t{2, 0};
  Matrix grad_z(2, 3);
  EXPECT_TRUE(close(softmax_cross_entropy(grad_z, z, t),
                    (0.4076059644443803 + 2.4076059644443806) / 2,
                    Bound{.rel = 12 * kUnitRoundoff32}));
}

}  // namespace
}  // namespace nn::cpu
