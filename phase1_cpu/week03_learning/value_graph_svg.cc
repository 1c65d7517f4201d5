#include "phase1_cpu/week03_learning/value_graph_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/escape.h"
#include "common/palette.h"
#include "phase1_cpu/week03_learning/value_graph.h"
#include "phase1_cpu/week03_learning/value_graph_layout.h"

namespace nn::basic {
namespace {

// All lengths in pixels.
constexpr double kFontSize = 13;
constexpr double kCellPadding = 9;
constexpr double kHeight = 28;     // of a box, and the diameter of a circle
constexpr double kBendHeight = 4;  // what a line that passes by keeps free
constexpr double kGap = 14;        // between two things in a layer
constexpr double kLayerGap = 34;   // between two layers
constexpr double kMargin = 20;

// At least the width of `text`. The monospaced fonts in use advance by 0.55 to 0.61 of their size;
// what is not ASCII may come from another font and gets a whole em.
double text_width(const std::string& text) {
  double ems = 0;
  for (const char c : text) {
    const bool is_ascii = (c & 0x80) == 0;
    const bool is_continuation = (c & 0xC0) == 0x80;  // of a UTF-8 character counted already
    if (!is_continuation) ems += is_ascii ? 0.62 : 1.0;
  }
  return ems * kFontSize;
}

// One thing in the drawing, its middle at height y. A bend has no cells.
struct Placed {
  std::vector<std::string> cells;
  double width = 0;
  double height = kBendHeight;
  double x = 0;  // left edge
  double y = 0;
  double right() const { return x + width; }
};

double cell_width(const std::string& cell) { return text_width(cell) + 2 * kCellPadding; }

// An operation as mathematics writes it.
std::string symbol(const std::string& operation) {
  if (operation == "*") return "×";
  if (operation == "/") return "÷";
  if (operation == "-" || operation == "neg") return "−";
  return operation;
}

std::vector<Placed> measure(const ValueGraph& graph, const Layering& layering) {
  std::vector<Placed> shapes(layering.layer_of.size());
  for (std::size_t i = 0; i < graph.items.size(); ++i) {
    const auto& [node, is_operation] = graph.items[i];
    Placed& shape = shapes[i];
    shape.cells = is_operation ? std::vector{symbol(node->operation)} : box_cells(*node);
    for (const std::string& cell : shape.cells) shape.width += cell_width(cell);
    shape.width = std::max(shape.width, kHeight);
    shape.height = kHeight;
  }
  return shapes;
}

// Each layer is as wide as its widest shape. Boxes and circles stand in its middle; a bend takes
// the whole width, so that a line passes straight through.
double place_horizontally(std::vector<Placed>& shapes, const Layering& layering) {
  double left = kMargin;
  for (const std::vector<int>& layer : layering.layers) {
    double width = 0;
    for (const int place : layer) width = std::max(width, shapes[place].width);
    for (const int place : layer) {
      Placed& shape = shapes[place];
      if (shape.cells.empty()) shape.width = width;
      shape.x = left + (width - shape.width) / 2;
    }
    left += width + kLayerGap;
  }
  return left - kLayerGap + kMargin;
}

// Moves the shapes of one layer towards the mean height of their neighbours in the layer `other`.
void straighten(std::vector<Placed>& shapes, const Layering& layering, int layer, int other) {
  std::vector<double> heights, gaps;
  for (const Placed& shape : shapes) heights.push_back(shape.y);
  const std::vector<int>& places = layering.layers[layer];
  for (std::size_t i = 1; i < places.size(); ++i) {
    gaps.push_back((shapes[places[i - 1]].height + shapes[places[i]].height) / 2 + kGap);
  }
  heights = spread_apart(barycentres(layering, heights, layer, other), gaps);
  for (std::size_t i = 0; i < places.size(); ++i) shapes[places[i]].y = heights[i];
}

double place_vertically(std::vector<Placed>& shapes, const Layering& layering) {
  for (const std::vector<int>& layer : layering.layers) {
    double top = 0;
    for (const int place : layer) {
      shapes[place].y = top + shapes[place].height / 2;
      top += shapes[place].height + kGap;
    }
    for (const int place : layer) shapes[place].y -= top / 2;  // the layers' middles in one line
  }
  const int last = static_cast<int>(layering.layers.size()) - 1;
  for (int sweep = 0; sweep < 4; ++sweep) {
    for (int layer = 1; layer <= last; ++layer) straighten(shapes, layering, layer, layer - 1);
    for (int layer = last - 1; layer >= 0; --layer) straighten(shapes, layering, layer, layer + 1);
  }
  double top = 0, bottom = 0;
  for (const Placed& shape : shapes) {
    top = std::min(top, shape.y - shape.height / 2);
    bottom = std::max(bottom, shape.y + shape.height / 2);
  }
  for (Placed& shape : shapes) shape.y += kMargin - top;
  return bottom - top + 2 * kMargin;
}

std::string theme(Rgb paper, Rgb ink, Rgb faint, Rgb leaf, Rgb operation) {
  const auto hex = [](Rgb c) { return fmt::format("#{:02x}{:02x}{:02x}", c.r, c.g, c.b); };
  return fmt::format(
      ".nn-graph .paper{{fill:{0}}}.nn-graph text{{fill:{1}}}"
      ".nn-graph rect.box{{fill:{0};stroke:{2}}}.nn-graph .leaf rect.box{{fill:{3}}}"
      ".nn-graph .rule{{stroke:{2}}}.nn-graph .line{{stroke:{2}}}.nn-graph .tip{{fill:{2}}}"
      ".nn-graph .operation rect{{fill:{4};stroke:{2}}}",
      hex(paper), hex(ink), hex(faint), hex(leaf), hex(operation));
}

std::string style() {
  constexpr Rgb kDarkPaper = {13, 17, 23}, kDarkInk = {230, 237, 243}, kDarkFaint = {154, 164, 175};
  const Rgb blue = class_colour(0), orange = class_colour(3);
  return fmt::format(
             ".nn-graph{{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
             "font-size:{}px}}.nn-graph .label{{font-weight:600}}.nn-graph .line{{fill:none}}",
             kFontSize) +
         theme(kPaper, kInk, kFaintInk, mix(kPaper, blue, 0.12), mix(kPaper, orange, 0.25)) +
         "@media (prefers-color-scheme:dark){" +
         theme(kDarkPaper, kDarkInk, kDarkFaint, mix(kDarkPaper, blue, 0.35),
               mix(kDarkPaper, orange, 0.35)) +
         "}";
}

void write_text(std::string& svg, double x, double y, const char* css_class,
                const std::string& text) {
  svg +=
      fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                  css_class, x, y + 0.35 * kFontSize, escape_xml(text));
}

void write_box(std::string& svg, const Placed& box, const ValueNode& node) {
  const double top = box.y - box.height / 2;
  svg += fmt::format("<g class=\"value{}\">", node.is_leaf() ? " leaf" : "");
  svg += fmt::format(
      "<rect class=\"box\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"5\"/>",
      box.x, top, box.width, box.height);
  double x = box.x;
  for (std::size_t i = 0; i < box.cells.size(); ++i) {
    if (i > 0) {
      svg += fmt::format("<path class=\"rule\" d=\"M{:.1f} {:.1f}v{:.1f}\"/>", x, top, box.height);
    }
    const double width = cell_width(box.cells[i]);
    const bool is_label = i == 0 && !node.label.empty();
    write_text(svg, x + width / 2, box.y, is_label ? "label" : "number", box.cells[i]);
    x += width;
  }
  svg += "</g>\n";
}

// "+" stays a circle; "tanh" makes it longer.
void write_operation(std::string& svg, const Placed& shape) {
  svg += fmt::format(
      "<g class=\"operation\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
      "rx=\"{:.1f}\"/>",
      shape.x, shape.y - shape.height / 2, shape.width, shape.height, shape.height / 2);
  write_text(svg, shape.x + shape.width / 2, shape.y, "number", shape.cells[0]);
  svg += "</g>\n";
}

// How far from the middle of its last shape each route ends: lines that meet there stay apart, the
// higher one above.
std::vector<double> end_offsets(const std::vector<Placed>& shapes, const Layering& layering) {
  constexpr double kApart = 8;
  const auto& routes = layering.routes;
  const auto height_before_end = [&](std::size_t i) { return shapes[routes[i].end()[-2]].y; };
  std::vector<double> offsets(routes.size(), 0);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    for (std::size_t j = i + 1; j < routes.size(); ++j) {
      if (routes[i].back() != routes[j].back()) continue;
      const bool i_above = height_before_end(i) <= height_before_end(j);
      offsets[i] += i_above ? -kApart / 2 : kApart / 2;
      offsets[j] += i_above ? kApart / 2 : -kApart / 2;
    }
  }
  return offsets;
}

// From the right edge of each shape on the route to the left edge of the next, level at both ends.
// The last shape is met `offset` below its middle, where a rounded one is a little narrower.
void write_line(std::string& svg, const std::vector<Placed>& shapes, const std::vector<int>& route,
                double offset) {
  const Placed& first = shapes[route.front()];
  svg += fmt::format("<path class=\"line\" marker-end=\"url(#tip)\" d=\"M{:.1f} {:.1f}",
                     first.right(), first.y);
  for (std::size_t i = 1; i < route.size(); ++i) {
    const Placed &from = shapes[route[i - 1]], &to = shapes[route[i]];
    const bool is_end = i + 1 == route.size();
    const double radius = kHeight / 2;
    const double x = is_end ? to.x + radius - std::sqrt(radius * radius - offset * offset) : to.x;
    const double y = is_end ? to.y + offset : to.y;
    const double middle = (from.right() + to.x) / 2;
    svg += fmt::format("C{0:.1f} {1:.1f} {0:.1f} {2:.1f} {3:.1f} {2:.1f}", middle, from.y, y, x);
    if (!is_end) svg += fmt::format("H{:.1f}", to.right());
  }
  svg += "\"/>\n";
}

}  // namespace

std::string value_graph_svg(const Value& root) {
  const ValueGraph graph = value_graph(root);
  const auto values = std::ranges::count(graph.items, false, &GraphItem::is_operation);
  NN_CHECK(values <= kMaxDrawnValues, "the graph has ", values, " values; a drawing has at most ",
           kMaxDrawnValues);
  Layering layering = cut_into_layers(graph);
  reduce_crossings(layering);
  std::vector<Placed> shapes = measure(graph, layering);
  const double width = place_horizontally(shapes, layering);
  const double height = place_vertically(shapes, layering);

  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"nn-graph\" role=\"img\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\">\n"
      "<title>Computation graph{2}</title>\n"
      "<desc>{3} values, {4} operations, from the leaves on the left to the result on the right."
      "</desc>\n<style>{5}</style>\n"
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" "
      "markerHeight=\"8\" orient=\"auto\"><path class=\"tip\" d=\"M0 0.5L8 4L0 7.5z\"/></marker>"
      "</defs>\n<rect class=\"paper\" width=\"{0:.0f}\" height=\"{1:.0f}\" rx=\"6\"/>\n",
      width, height, root.label().empty() ? "" : " of " + escape_xml(root.label()), values,
      graph.items.size() - values, style());
  const std::vector<double> offsets = end_offsets(shapes, layering);
  for (std::size_t i = 0; i < layering.routes.size(); ++i) {
    write_line(svg, shapes, layering.routes[i], offsets[i]);
  }
  for (std::size_t i = 0; i < graph.items.size(); ++i) {
    if (graph.items[i].is_operation) {
      write_operation(svg, shapes[i]);
    } else {
      write_box(svg, shapes[i], *graph.items[i].node);
    }
  }
  return svg + "</svg>\n";
}

}  // namespace nn::basic
