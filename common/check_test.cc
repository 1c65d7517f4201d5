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
  int elses = 0;
  if (elses > 0)
    NN_CHECK(false);
  else
    ++elses;
  if (elses == 0)
    NN_CHECK_AT(CallSite::here(), false, "not reached");
  else
    ++elses;
  EXPECT_EQ(elses, 2);
}

// A function that is given what only its caller can mend.
void at(int i, CallSite caller = CallSite::here()) {
  NN_CHECK_AT(caller, i >= 0, "there is no element ", i);
}

TEST(CheckAt, NamesTheCallersLineAndNotItsOwn) {
  EXPECT_NO_THROW(at(0));
  const int line = __LINE__ + 1;
  const std::string message = message_of([] { at(-1); });
  EXPECT_EQ(message, detail::cat(__FILE__, ":", line, ": there is no element -1"));
}

TEST(Todo, ThrowsInEveryBuildMode) {
  EXPECT_THROW(NN_TODO("softmax"), NotImplemented);
  EXPECT_NE(message_of([] { NN_TODO("softmax"); }).find("softmax is not written yet"),
            std::string::npos);
}

}  // namespace
}  // namespace nn
