#include "common/check.h"

#include <gtest/gtest.h>

#include <string>

#include "common/test_files.h"

namespace nn {
namespace {

TEST(Check, PassesSilently) {
  EXPECT_NO_THROW(NN_CHECK(1 + 1 == 2));
  EXPECT_NO_THROW(NN_CHECK_EQ(2, 2, "arithmetic"));
}

TEST(Check, NamesFileLineConditionAndParts) {
  const int rows = -3;
  const std::string message = message_of([&] { NN_CHECK(rows >= 0, "rows = ", rows); });
  EXPECT_NE(message.find("check_test.cc:"), std::string::npos) << message;
  EXPECT_NE(message.find("`rows >= 0` does not hold: rows = -3"), std::string::npos) << message;
}

TEST(Check, WorksWithoutParts) {
  EXPECT_NE(message_of([] { NN_CHECK(2 < 1); }).find("`2 < 1` does not hold"), std::string::npos);
}

TEST(CheckEq, ShowsBothValues) {
  const std::string message = message_of([] { NN_CHECK_EQ(3 * 2, 7, "extents"); });
  EXPECT_NE(message.find("`3 * 2 == 7` does not hold: 6 against 7; extents"), std::string::npos)
      << message;
}

TEST(CheckEq, EvaluatesEachOperandOnce) {
  int calls = 0;
  NN_CHECK_EQ(++calls, 1);
  EXPECT_EQ(calls, 1);
}

TEST(Check, IsOneStatementUnderAnUnbracedIf) {
  bool reached_else = false;
  if (reached_else)
    NN_CHECK(false);
  else
    reached_else = true;
  EXPECT_TRUE(reached_else);
}

TEST(Todo, ThrowsInEveryBuildMode) {
  EXPECT_THROW(NN_TODO("softmax"), NotImplemented);
  EXPECT_NE(message_of([] { NN_TODO("softmax"); }).find("softmax is not written yet"),
            std::string::npos);
}

}  // namespace
}  // namespace nn
