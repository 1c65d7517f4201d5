#include "phase1_cpu/week02_losses/one_hot.h"

#include <gtest/gtest.h>

#include <vector>

#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/reduce.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "One-hot".
TEST(OneHot, WorkedExample) {
  EXPECT_TRUE(identical(one_hot({2, 0}, 3), Matrix{{0, 0, 1}, {1, 0, 0}}));
}

TEST(OneHot, MatchesReference) {
  const int L = golden_matrix("one_hot/h").cols();
  EXPECT_TRUE(matches_golden(one_hot(golden_labels("one_hot/t"), L), "one_hot/h"));
}

// Each row has a 1 where its label says and nothing else; argmax_rows reads the labels back.
TEST(OneHot, MarksTheLabelsOnAwkwardShapes) {
  for (const auto& [B, L] : awkward_shapes()) {
    std::vector<int> t;
    for (int b = 0; b < B; ++b) t.push_back((3 * b + L - 1) % L);
    const Matrix h = one_hot(t, L);
    std::vector<double> want;
    for (int b = 0; b < B; ++b) {
      for (int l = 0; l < L; ++l) want.push_back(l == t[b] ? 1 : 0);
    }
    EXPECT_TRUE(as_result(compare(h.values(), want, {B, L}, Bound{})));
    EXPECT_EQ(argmax_rows(h), t);
  }
}

TEST(OneHot, TakesNoLabels) { EXPECT_TRUE(identical(one_hot({}, 3), Matrix(0, 3))); }

TEST(OneHot, RefusesLabelsOutOfRange) {
  EXPECT_TRUE(refuses([] { one_hot({0, 3, 1}, 3); }, {"one_hot", "t[1] = 3", "[0, 3)"}));
  EXPECT_TRUE(refuses([] { one_hot({0, 2, -1}, 3); }, {"one_hot", "t[2] = -1", "[0, 3)"}));
  EXPECT_TRUE(refuses([] { one_hot({}, 0); }, {"one_hot", "L = 0"}));
}

}  // namespace
}  // namespace nn::basic
