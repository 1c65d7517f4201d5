#include "common/markup_testing.h"

#include <gtest/gtest.h>

namespace nn {
namespace {

TEST(MarkupProblem, PassesWhatIsWellFormed) {
  for (const char* good :
       {"<a/>", "<a b=\"1\" c-d=\"x > y\">&lt;text&gt; <b/></a>",
        "<!DOCTYPE html>\n<html><style>a>b{} & \"</style><p>1</p><p>2</p></html>\n"}) {
    EXPECT_EQ(markup_problem(good), "") << good;
  }
}

TEST(MarkupProblem, NamesWhatIsNot) {
  for (const char* bad : {"",
                          "text",
                          "<a>",
                          "</a>",
                          "<a></b>",
                          "<a><b></a></b>",
                          "<a b=1/>",
                          "<a b/>",
                          "<a b=\"1/>",
                          "<a>1 & 2</a>",
                          "<a>&nbsp;</a>",
                          "<a>1 < 2</a>",
                          "<a>1 > 2</a>",
                          "<a/ >",
                          "<a",
                          "<a/><b>",
                          "<a><br></a>",
                          "<a x=\"1\"y=\"2\"/>",
                          "<a></a><b></b>",
                          "<a><style></a>"}) {
    EXPECT_NE(markup_problem(bad), "") << bad;
  }
}

}  // namespace
}  // namespace nn
