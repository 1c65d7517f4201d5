#include "common/html_report.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <span>

#include "common/chart.h"
#include "common/check.h"
#include "common/markup_testing.h"

namespace nn {
namespace {

using std::string;

Image striped_image() {
  Image image = make_image(33, 31, {10, 20, 30});
  for (int x = 0; x < 33; x += 3) fill_rectangle(image, x, x % 31, 1, 7, {200, 0, 100});
  return image;
}

HtmlReport full_report() {
  HtmlReport report("Run <7> & more", "5 < 6, said \"she\".");
  report.add_number("97.9 %", "test accuracy", "9790 of 10000");
  report.add_number("3", "epochs");
  report.add_text("Before any section.");
  report.begin_section("Learning & testing");
  Chart chart{.title = "Loss <nats>",
              .description = "",
              .x_label = "epoch",
              .y_label = "loss",
              .series = {{"training", {1, 2, 3}, {0.5, 0.25, 0.125}}}};
  report.add_chart(line_chart_svg(chart), "Loss by epoch.");
  report.begin_section("Pictures");
  report.add_picture(striped_image(), "Stripes.", "Stripes \"seen\" & drawn");
  report.add_table({"class", "right", "share"}, {{"Ankle boot", "950", "95.0 %"}, {"7", "-3", "-"}},
                   "Numbers.");
  return report;
}

std::vector<std::byte> decode_base64(const string& text) {
  const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> bytes;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(letters.find(c));
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> bit_count & 0xFF));
    }
  }
  return bytes;
}

// Each value of attribute `name`.
std::vector<string> values_of(const string& html, const string& name) {
  std::vector<string> values;
  const string start = " " + name + "=\"";
  for (auto at = html.find(start); at != string::npos; at = html.find(start, at + 1)) {
    const auto from = at + start.size();
    values.push_back(html.substr(from, html.find('"', from) - from));
  }
  return values;
}

TEST(HtmlReport, IsWellFormed) {
  EXPECT_EQ(markup_problem(full_report().html()), "");
  EXPECT_EQ(markup_problem(HtmlReport("", "").html()), "") << "an empty report is a page too";
}

TEST(HtmlReport, FetchesNothing) {
  const string html = full_report().html();
  EXPECT_EQ(html.find("url("), string::npos);
  EXPECT_EQ(html.find("@import"), string::npos);
  EXPECT_EQ(html.find("<script"), string::npos);
  EXPECT_EQ(html.find("<link"), string::npos);
  EXPECT_TRUE(values_of(html, "href").empty());
  ASSERT_EQ(values_of(html, "src").size(), 1u);
  EXPECT_TRUE(values_of(html, "src")[0].starts_with("data:image/png;base64,"));
}

TEST(HtmlReport, CarriesThePictureItself) {
  // 33 x 31 gives a PNG whose size is not always a multiple of 3: several sizes cover the padding.
  for (const int width : {1, 31, 32, 33, 127}) {
    HtmlReport report("t", "i");
    const Image image = make_image(width, 3, {9, 8, 7});
    report.add_picture(image, "", "plain");
    const string src = values_of(report.html(), "src").at(0);
    const std::vector<std::byte> png = decode_base64(src.substr(src.find(',') + 1));
    EXPECT_EQ(png, encode_png(image));
    EXPECT_EQ(decode_png(png, "page"), image);
    EXPECT_EQ(src.substr(src.find(',') + 1).size() % 4, 0u) << "padded to whole groups";
  }
}

TEST(HtmlReport, EscapesEveryText) {
  const string evil = "<b>&\"'";
  HtmlReport report(evil, evil);
  report.add_number(evil, evil, evil);
  report.begin_section(evil);
  report.add_text(evil);
  report.add_picture(striped_image(), evil, evil);
  report.add_table({evil}, {{evil}}, evil);
  const string html = report.html();
  EXPECT_EQ(html.find("<b>"), string::npos);
  // title, h1, introduction, 3 of the number, heading, text, 2 of the picture, 3 of the table
  std::size_t count = 0;
  const string escaped = "&lt;b&gt;&amp;&quot;&#39;";
  for (auto at = html.find(escaped); at != string::npos; at = html.find(escaped, at + 1)) ++count;
  EXPECT_EQ(count, 13u);
  EXPECT_EQ(markup_problem(html), "");
}

TEST(HtmlReport, SetsColumnsOfNumbersToTheRight) {
  const string html = full_report().html();
  EXPECT_NE(html.find("<td>Ankle boot</td><td class=\"right\">950</td><td class=\"right\">95.0 %"),
            string::npos);
  EXPECT_NE(html.find("<td>7</td>"), string::npos) << "one word makes a column of words";
  EXPECT_NE(html.find("<th scope=\"col\" class=\"right\">share</th>"), string::npos);
}

TEST(HtmlReport, FollowsTheReadersThemeAndScreen) {
  const string html = full_report().html();
  EXPECT_NE(html.find("prefers-color-scheme:dark"), string::npos);
  EXPECT_NE(html.find("name=\"viewport\""), string::npos);
}

TEST(HtmlReport, RefusesWhatWouldMislead) {
  HtmlReport report("t", "i");
  EXPECT_THROW(report.add_picture(striped_image(), "caption", ""), Error);
  EXPECT_THROW(report.add_table({"a", "b"}, {{"1", "2"}, {"3"}}), Error);
  EXPECT_THROW(report.add_table({}, {}), Error);
  EXPECT_THROW(report.add_chart("<script>", "caption"), Error);
}

}  // namespace
}  // namespace nn
