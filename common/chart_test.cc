#include "common/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "common/check.h"
#include "common/markup_testing.h"

namespace nn {
namespace {

using std::string;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Chart learning_curve() {
  Chart chart;
  chart.title = "Loss <nats> & more";
  chart.description = "Falls \"quickly\".";
  chart.x_label = "epoch";
  chart.y_label = "loss (nats)";
  chart.series = {{"training", {1, 2, 3, 4}, {0.8, 0.4, 0.2, 0.1}},
                  {"test", {1, 2, 3, 4}, {0.9, 0.6, 0.5, 0.45}}};
  return chart;
}

std::size_t count_of(const string& text, const string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

struct Point {
  double x, y;
};

// The points of the n-th polyline, in pixels.
std::vector<Point> polyline(const string& svg, int n) {
  std::size_t at = 0;
  for (int i = 0; i <= n; ++i) at = svg.find("<polyline", at) + 1;
  const std::size_t from = svg.find("points=\"", at) + 8;
  std::istringstream text(svg.substr(from, svg.find('"', from) - from));
  std::vector<Point> points;
  char comma = 0;
  for (Point p{}; text >> p.x >> comma >> p.y;) points.push_back(p);
  return points;
}

TEST(LineChart, IsWellFormed) { EXPECT_EQ(markup_problem(line_chart_svg(learning_curve())), ""); }

TEST(LineChart, SaysWhatItShows) {
  const string svg = line_chart_svg(learning_curve());
  EXPECT_NE(svg.find("<title>Loss &lt;nats&gt; &amp; more</title>"), string::npos);
  EXPECT_NE(svg.find("<desc>Falls &quot;quickly&quot;.</desc>"), string::npos);
  for (const char* text : {">training</text>", ">test</text>", ">epoch</text>",
                           ">loss (nats)</text>", ">Loss &lt;nats&gt; &amp; more</text>"}) {
    EXPECT_EQ(count_of(svg, text), 1u) << text;
  }
  EXPECT_NE(svg.find("prefers-color-scheme:dark"), string::npos);
}

TEST(LineChart, LabelsTicksOfWholeEpochs) {
  const string svg = line_chart_svg(learning_curve());
  for (const char* tick : {">1</text>", ">2</text>", ">3</text>", ">4</text>"}) {
    EXPECT_GE(count_of(svg, tick), 1u) << tick;
  }
  EXPECT_EQ(svg.find(">1.5</text>"), string::npos) << "there is no epoch 1.5";
  for (const char* tick : {">0</text>", ">0.2</text>", ">0.4</text>", ">0.8</text>"}) {
    EXPECT_EQ(count_of(svg, tick), 1u) << tick;
  }
}

TEST(LineChart, DrawsALineASeriesToScale) {
  const string svg = line_chart_svg(learning_curve());
  EXPECT_EQ(count_of(svg, "<polyline"), 2u);
  EXPECT_EQ(count_of(svg, "<circle"), 8u);
  const std::vector<Point> training = polyline(svg, 0), test = polyline(svg, 1);
  ASSERT_EQ(training.size(), 4u);
  ASSERT_EQ(test.size(), 4u);
  // Pixels are written with one decimal.
  EXPECT_NEAR(training[1].x - training[0].x, training[3].x - training[2].x, 0.11);
  EXPECT_GT(training[1].y, training[0].y) << "a falling loss goes down the page";
  // (0.8 - 0.4) : (0.4 - 0.2) is 2.
  EXPECT_NEAR(training[1].y - training[0].y, 2 * (training[2].y - training[1].y), 0.31);
  EXPECT_LT(test[0].y, training[0].y) << "0.9 is above 0.8";
  for (const Point& p : training) {
    EXPECT_GE(p.x, 0);
    EXPECT_LE(p.x, 720);
    EXPECT_GE(p.y, 0);
    EXPECT_LE(p.y, 420);
  }
}

TEST(LineChart, HalvingIsOneStepOnALogarithmicAxis) {
  Chart chart = learning_curve();
  chart.log_y = true;
  const std::vector<Point> p = polyline(line_chart_svg(chart), 0);
  ASSERT_EQ(p.size(), 4u);
  EXPECT_NEAR(p[1].y - p[0].y, p[2].y - p[1].y, 0.21);
  EXPECT_NEAR(p[2].y - p[1].y, p[3].y - p[2].y, 0.21);
}

TEST(LineChart, LeavesGapsWhereThereIsNoNumber) {
  Chart chart = learning_curve();
  chart.series = {{"a", {1, 2, 3, 4, 5, 6, 7}, {1, 2, kNan, 3, INFINITY, 4, 5}}};
  const string svg = line_chart_svg(chart);
  EXPECT_EQ(count_of(svg, "<polyline"), 2u) << "1-2 and 6-7";
  EXPECT_EQ(count_of(svg, "<circle"), 5u) << "4 stands alone and still is a dot";
  EXPECT_EQ(svg.find("nan"), string::npos);
  EXPECT_EQ(svg.find("inf"), string::npos);
  EXPECT_EQ(markup_problem(svg), "");
}

TEST(LineChart, LeavesGapsAtAndBelowZeroOnALogarithmicAxis) {
  Chart chart = learning_curve();
  chart.log_y = true;
  chart.series = {{"a", {1, 2, 3, 4, 5}, {1, 0.1, 0, -1, 0.01}}};
  const string svg = line_chart_svg(chart);
  EXPECT_EQ(count_of(svg, "<polyline"), 1u);
  EXPECT_EQ(count_of(svg, "<circle"), 3u);
}

TEST(LineChart, DrawsLongSeriesWithoutDots) {
  Chart chart = learning_curve();
  chart.series = {{"steps", {}, {}}};
  for (int i = 0; i < 129; ++i) {
    chart.series[0].x.push_back(i * 0.5);
    chart.series[0].y.push_back(std::sin(i));
  }
  const string svg = line_chart_svg(chart);
  EXPECT_EQ(polyline(svg, 0).size(), 129u);
  EXPECT_EQ(count_of(svg, "<circle"), 0u);
}

TEST(LineChart, SaysWhenThereIsNothingToDraw) {
  Chart chart = learning_curve();
  chart.series = {{"a", {1, 2}, {kNan, kNan}}};
  EXPECT_EQ(count_of(line_chart_svg(chart), ">no data</text>"), 1u);
  chart.series.clear();
  EXPECT_EQ(count_of(line_chart_svg(chart), ">no data</text>"), 1u);
  EXPECT_EQ(markup_problem(line_chart_svg(chart)), "");
}

TEST(LineChart, DrawsASinglePoint) {
  Chart chart = learning_curve();
  chart.series = {{"a", {3}, {0.5}}};
  const string svg = line_chart_svg(chart);
  EXPECT_EQ(count_of(svg, "<circle"), 1u);
  EXPECT_EQ(svg.find("nan"), string::npos);
}

TEST(LineChart, TellsTheEighthSeriesFromTheFirst) {
  Chart chart = learning_curve();
  chart.series.clear();
  for (int i = 0; i < 8; ++i) {
    chart.series.push_back({"series " + std::to_string(i), {0, 1}, {0.0 + i, 1.0 + i}});
  }
  const string svg = line_chart_svg(chart);
  EXPECT_EQ(count_of(svg, "<polyline class=\"line s0\""), 1u);
  EXPECT_EQ(count_of(svg, "<polyline class=\"line s0 again\""), 1u);
}

TEST(LineChart, RefusesWhatCannotBeDrawn) {
  Chart chart = learning_curve();
  chart.width = 239;
  EXPECT_THROW(line_chart_svg(chart), Error);
  chart = learning_curve();
  chart.series[0].y.pop_back();
  EXPECT_THROW(line_chart_svg(chart), Error);
  chart = learning_curve();
  chart.series[0].y[0] = 1e301;
  EXPECT_THROW(line_chart_svg(chart), Error);
}

TEST(LineChart, FitsItsLeastSize) {
  Chart chart = learning_curve();
  chart.width = 240;
  chart.height = 180;
  EXPECT_EQ(markup_problem(line_chart_svg(chart)), "");
}

}  // namespace
}  // namespace nn
