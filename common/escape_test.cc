#include "common/escape.h"

#include <gtest/gtest.h>

#include "common/markup_testing.h"

namespace nn {
namespace {

using namespace std::string_literals;

TEST(EscapeXml, ReplacesWhatMarkupUses) {
  EXPECT_EQ(escape_xml("a < b && \"c\" > 'd'"),
            "a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;");
  EXPECT_EQ(escape_xml(""), "");
}

TEST(EscapeXml, KeepsUtf8) {
  const std::string text =
      "tab\tline\n\u00e9 \u20ac \u4e2d \U0001F600 \uD7FF \uE000 \uFFFD \U0010FFFF";
  EXPECT_EQ(escape_xml(text), text);
}

// One U+FFFD a byte that starts no character of XML, the good ones between them kept.
TEST(EscapeXml, ReplacesWhatXmlForbids) {
  const std::string r = "\uFFFD";
  EXPECT_EQ(escape_xml("a\0b\x1b[0m"s), "a" + r + "b" + r + "[0m");
  EXPECT_EQ(escape_xml("\x80z"), r + "z") << "a continuation without a start";
  EXPECT_EQ(escape_xml("\xC3"), r) << "cut off";
  EXPECT_EQ(escape_xml("\xE2\x82z"), r + r + "z") << "cut short by another character";
  EXPECT_EQ(escape_xml("\xC0\xAF"), r + r) << "'/' in two bytes instead of one";
  EXPECT_EQ(escape_xml("\xE0\x80\xAF"), r + r + r);
  EXPECT_EQ(escape_xml("\xF0\x80\x80\xAF"), r + r + r + r);
  EXPECT_EQ(escape_xml("\xED\xA0\x80"), r + r + r) << "half of a UTF-16 pair";
  EXPECT_EQ(escape_xml("\xEF\xBF\xBE"), r + r + r) << "U+FFFE";
  EXPECT_EQ(escape_xml("\xF4\x90\x80\x80"), r + r + r + r) << "past U+10FFFF";
  EXPECT_EQ(escape_xml("\xFF"), r);
}

TEST(EscapeXml, MakesEveryByteSafe) {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  const std::string escaped = escape_xml(every);
  EXPECT_EQ(markup_problem("<a b=\"" + escaped + "\">" + escaped + "</a>"), "");
}

}  // namespace
}  // namespace nn
