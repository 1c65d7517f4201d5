#include "phase1_cpu/week01_matrix/hello.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/compare_gtest.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "Hello". Halves of small numbers are exact: no bound is needed.
TEST(Halve, WorkedExample) {
  const std::vector<double> x{3, -1, 0, 8, 2.5};
  EXPECT_TRUE(identical(halve(x), std::vector<double>{1.5, -0.5, 0, 4, 1.25}));
}

TEST(Halve, OfNothingIsNothing) { EXPECT_TRUE(halve({}).empty()); }

}  // namespace
}  // namespace nn::basic
