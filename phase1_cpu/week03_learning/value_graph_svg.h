// A computation graph as a picture of its own making: no Graphviz needed.
#pragma once

#include <string>

#include "phase1_cpu/week03_learning/value.h"

namespace nn::basic {

// The graph of `root` and all it was computed from, as an SVG document: data from left to right, a
// box "label | value | grad" for each value (leaves tinted), a circle for each operation, laid out
// by value_graph_layout.h. Brings its own style, which follows the reader's light or dark setting,
// and a <title> and <desc> for screen readers. Labels may hold anything: what XML does not allow
// is escaped.
// Throws nn::Error if there are more than kMaxDrawnValues values.
std::string value_graph_svg(const Value& root);

}  // namespace nn::basic
