// Line charts as SVG: learning curves, times against sizes.
//
// The text is a complete SVG document without an XML prologue, so it is a file as it is and also
// goes inside an HTML page. It brings its own style, which follows the reader's light or dark
// setting, and a <title> and <desc> that screen readers speak.
#pragma once

#include <string>
#include <vector>

namespace nn {

struct Series {
  std::string name;       // in the legend
  std::vector<double> x;  // as many as y
  std::vector<double> y;  // a value that is NaN or infinite leaves a gap in the line
};

struct Chart {
  std::string title = "";
  std::string description = "";  // one sentence for who cannot see the chart
  std::string x_label = "";      // with the unit: "epoch", "time (s)"
  std::string y_label = "";
  std::vector<Series> series = {};
  bool log_y = false;  // logarithmic y axis; values <= 0 leave a gap
  int width = 720;     // pixels, >= 240
  int height = 420;    // pixels, >= 180
};

// Nothing finite to draw is a chart too: it says "no data". x and y of different lengths, a size
// below the least, or a number beyond 1e300: nn::Error.
std::string line_chart_svg(const Chart& chart);

}  // namespace nn
