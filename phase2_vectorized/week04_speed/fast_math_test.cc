// What stands in the column "as written" of the lesson's table. What fast-math makes of it is the
// compiler's affair, and is shown, not promised.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "phase2_vectorized/week04_speed/fast_math_cases.h"

namespace nn::cpu {
namespace {

TEST(FastMath, WithoutItTheLanguageKeepsItsWord) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(strict::kCases.is_nan(nan));
  EXPECT_FALSE(strict::kCases.is_nan(1));
  EXPECT_TRUE(strict::kCases.is_wrong(nan, 1));
  EXPECT_FALSE(strict::kCases.is_wrong(0.5F, 1));
  EXPECT_EQ(strict::kCases.sum_and_back(1e8F, 1), 0);
  std::vector<float> terms(1001, 0x1p-25F);
  terms[0] = 1;
  EXPECT_EQ(strict::kCases.compensated_sum(terms.data(), 1001), 1 + 1000 * 0x1p-25F);
  EXPECT_EQ(strict::kCases.plain_sum(terms.data(), 1001), 1);
}

}  // namespace
}  // namespace nn::cpu
