#include "phase1_cpu/week03_learning/value_graph_svg.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "common/check.h"
#include "common/file.h"
#include "phase1_cpu/week03_learning/value_backward.h"
#include "phase1_cpu/week03_learning/value_graph_layout.h"
#include "phase1_cpu/week03_learning/value_ops.h"
#include "phase1_cpu/week03_learning/value_testing.h"

namespace nn::basic {
namespace {

// Every tag closed, in order, and no stray < in the text between. (Ours has no comments.)
testing::AssertionResult tags_are_balanced(const std::string& svg) {
  std::vector<std::string> open;
  for (auto at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const auto end = svg.find('>', at);
    if (end == std::string::npos ||
        svg.substr(at + 1, end - at - 1).find('<') != std::string::npos) {
      return testing::AssertionFailure() << "a tag that does not end: " << svg.substr(at, 40);
    }
    std::string name = svg.substr(at + 1, svg.find_first_of(" />", at + 2) - at - 1);
    if (name[0] == '/') {
      if (open.empty() || "/" + open.back() != name) {
        return testing::AssertionFailure() << "<" << name << "> closes nothing";
      }
      open.pop_back();
    } else if (svg[end - 1] != '/') {
      open.push_back(name);
    }
  }
  if (open.empty()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "<" << open.back() << "> is never closed";
}

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
  bool overlaps(const Rectangle& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height &&
           other.y < y + height;
  }
};

// Each value and operation of the drawing stands on a line of its own.
std::vector<std::string> drawn_items(const std::string& svg) {
  std::vector<std::string> items;
  std::istringstream lines(svg);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("<g class=\"")) items.push_back(line);
  }
  return items;
}

Rectangle rectangle_of(const std::string& item) {
  Rectangle r;
  const std::string rect = item.substr(item.find(" x=\""));
  std::sscanf(rect.c_str(), " x=\"%lf\" y=\"%lf\" width=\"%lf\" height=\"%lf\"", &r.x, &r.y,
              &r.width, &r.height);
  return r;
}

// A graph with every operation, a long line and a value used twice by one operation.
Value every_operation() {
  const Value a(0.5, "a"), b(-1.25, "b"), c(0.875, "c"), d(1.75, "d");
  Value y = tanh(a * b + c) * relu(d) + exp(-c) / d - log(d) * pow(a, 3);
  y += y * y;
  y.set_label("y");
  backward(y);
  return y;
}

TEST(ValueGraphSvg, IsOneWellFormedElement) {
  const std::string svg = value_graph_svg(every_operation());
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_TRUE(tags_are_balanced(svg));
  EXPECT_EQ(count(svg, "<title>Computation graph of y</title>"), 1);
}

TEST(ValueGraphSvg, HasOneBoxANodeOneCircleAnOperationOneLineAnEdge) {
  const Value y = every_operation();
  const ValueGraph graph = value_graph(y);
  const std::string svg = value_graph_svg(y);
  int operations = 0, leaves = 0;
  for (const auto& [node, is_operation] : graph.items) {
    operations += is_operation;
    leaves += node->is_leaf();
  }
  EXPECT_EQ(count(svg, "<g class=\"value"), static_cast<int>(graph.items.size()) - operations);
  EXPECT_EQ(count(svg, "<g class=\"value leaf\""), leaves);
  EXPECT_EQ(count(svg, "<g class=\"operation\""), operations);
  EXPECT_EQ(count(svg, "<path class=\"line\""), static_cast<int>(graph.lines.size()));
}

TEST(ValueGraphSvg, ShowsLabelValueAndGradient) {
  const Value x(3.0, "x");
  const Value y = x * 2.0;
  backward(y);
  const std::string svg = value_graph_svg(y);
  for (const char* text : {">x<", ">value 3<", ">grad 2<", ">value 6<", ">grad 1<", ">×<"}) {
    EXPECT_EQ(count(svg, text), 1) << text;
  }
}

// README.md, "A layout in layers": the worked example, to be opened in a browser.
TEST(ValueGraphSvg, LeavesAPictureBesideTheTest) {
  const Value x(3.0, "x"), w(-1.0, "w");
  Value s = x + w, p = x * w, y = s * p;
  s.set_label("s");
  p.set_label("p");
  y.set_label("y");
  backward(y);
  const std::string svg = value_graph_svg(y);
  const auto path =
      std::filesystem::read_symlink("/proc/self/exe").replace_filename("value_graph.svg");
  write_file_atomically(path, svg);
  EXPECT_EQ(std::filesystem::file_size(path), svg.size());
}

TEST(ValueGraphSvg, NothingOverlaps) {
  const std::vector<std::string> items = drawn_items(value_graph_svg(every_operation()));
  ASSERT_GT(items.size(), 20u);
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = i + 1; j < items.size(); ++j) {
      EXPECT_FALSE(rectangle_of(items[i]).overlaps(rectangle_of(items[j]))) << items[i] << "\n"
                                                                            << items[j];
    }
  }
}

// DejaVu Sans Mono, the widest font of the list, advances by 0.602 of its size, 13 pixels.
TEST(ValueGraphSvg, TextFitsItsBox) {
  int texts = 0;
  for (const std::string& item : drawn_items(value_graph_svg(every_operation()))) {
    const Rectangle box = rectangle_of(item);
    double filled_up_to = box.x;
    for (auto at = item.find("<text "); at != std::string::npos; at = item.find("<text ", at + 1)) {
      double x = 0;
      ASSERT_EQ(std::sscanf(item.c_str() + item.find(" x=\"", at), " x=\"%lf\"", &x), 1);
      const auto begin = item.find('>', at) + 1;
      const double half = 0.602 * 13 * static_cast<double>(item.find('<', begin) - begin) / 2;
      EXPECT_GE(x - half, filled_up_to) << item;
      EXPECT_LE(x + half, box.x + box.width) << item;
      filled_up_to = x + half;
      ++texts;
    }
  }
  EXPECT_GT(texts, 40);
}

TEST(ValueGraphSvg, LabelsAreEscaped) {
  const Value odd(1.0, "a<b>&\"c\"'\xff\x01");
  const std::string svg = value_graph_svg(odd);
  EXPECT_TRUE(tags_are_balanced(svg));
  EXPECT_EQ(count(svg, ">a&lt;b&gt;&amp;&quot;c&quot;&#39;\xEF\xBF\xBD\xEF\xBF\xBD<"), 1) << svg;
}

TEST(ValueGraphSvg, NanAndInfinityAreShown) {
  const Value zero(0.0);
  const Value y = log(zero) * zero;
  backward(y);
  const std::string svg = value_graph_svg(y);
  EXPECT_TRUE(tags_are_balanced(svg));
  EXPECT_EQ(count(svg, ">value -inf<"), 1);
  EXPECT_EQ(count(svg, ">value nan<") + count(svg, ">value -nan<"), 1);
}

TEST(ValueGraphSvg, RefusesWhatNobodyCouldRead) {
  Value x(1.0);
  for (int i = 1; i < kMaxDrawnValues; ++i) x = -x;
  EXPECT_EQ(count(value_graph_svg(x), "<g class=\"value"), kMaxDrawnValues);
  EXPECT_THROW(value_graph_svg(-x), Error);
}

}  // namespace
}  // namespace nn::basic
