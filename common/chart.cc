#include "common/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "common/check.h"
#include "common/escape.h"
#include "common/palette.h"
#include "common/ticks.h"

namespace nn {

namespace {

constexpr int kLetterWidth = 7;  // of 12-pixel sans-serif text, generously; pixels
constexpr int kLegendRow = 20;   // pixels
constexpr int kMaxMarkers = 40;  // a series of more points is drawn without dots
constexpr Rgb kDarkPaper = {22, 27, 34};

std::string hex(Rgb colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.r, colour.g, colour.b);
}

int text_width_of(const std::string& text) { return static_cast<int>(text.size()) * kLetterWidth; }

// One axis: numbers in, pixels out.
struct Axis {
  double low = 0, high = 1;  // in the axis's own measure: the logarithm on a logarithmic one
  double first_pixel = 0, last_pixel = 1;
  bool is_log = false;

  double operator()(double value) const {
    const double at = is_log ? std::log10(value) : value;
    return first_pixel + (at - low) / (high - low) * (last_pixel - first_pixel);
  }
};

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool all_whole = true;

  bool is_empty() const { return low > high; }
  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
    all_whole = all_whole && value == std::floor(value);
  }
};

bool can_be_drawn(double x, double y, bool log_y) {
  return std::isfinite(x) && std::isfinite(y) && (!log_y || y > 0);
}

// Colours as CSS, light and dark. On dark paper a series is a third of the way to white, so that
// blue stays readable.
std::string style(std::size_t series_count) {
  std::string light, dark;
  for (std::size_t i = 0; i < std::min(series_count, kClassColours.size()); ++i) {
    const Rgb colour = class_colour(i);
    light +=
        fmt::format(".nn-chart .s{0}{{stroke:{1}}}.nn-chart .d{0}{{fill:{1}}}", i, hex(colour));
    dark += fmt::format(".nn-chart .s{0}{{stroke:{1}}}.nn-chart .d{0}{{fill:{1}}}", i,
                        hex(mix(colour, kPaper, 0.33)));
  }
  const auto theme = [](Rgb paper, Rgb ink, Rgb faint, Rgb rule) {
    return fmt::format(
        ".nn-chart .paper{{fill:{}}}.nn-chart text{{fill:{}}}.nn-chart .faint{{fill:{}}}"
        ".nn-chart .rule{{stroke:{}}}.nn-chart .axis{{stroke:{}}}",
        hex(paper), hex(ink), hex(faint), hex(rule), hex(faint));
  };
  return ".nn-chart{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
         "font-size:12px}"
         ".nn-chart .title{font-size:16px;font-weight:600}"
         ".nn-chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
         ".nn-chart .again{stroke-dasharray:7 5}" +
         theme(kPaper, kInk, kFaintInk, kRule) + light + "@media (prefers-color-scheme:dark){" +
         theme(kDarkPaper, {230, 237, 243}, {154, 164, 175}, {48, 54, 61}) + dark + "}";
}

class ChartWriter {
 public:
  explicit ChartWriter(const Chart& chart) : chart_(chart) {}

  std::string svg() {
    measure();
    const int w = chart_.width, h = chart_.height;
    write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"nn-chart\" role=\"img\" "
        "viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\">\n",
        w, h, w, h);
    write("<title>{}</title>\n<desc>{}</desc>\n<style>{}</style>\n", escape_xml(chart_.title),
          escape_xml(chart_.description), style(chart_.series.size()));
    write("<rect class=\"paper\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n", w, h);
    text(kMargin, 28, "title", "start", chart_.title);
    legend(true);
    if (x_range_.is_empty()) {
      text(std::midpoint(left_, right_), std::midpoint(top_, bottom_), "faint", "middle",
           "no data");
    } else {
      axes();
      for (std::size_t i = 0; i < chart_.series.size(); ++i) series(i);
    }
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  static constexpr int kMargin = 16;

  template <class... Parts>
  void write(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Parts>(parts)...);
  }

  void text(double x, double y, const char* css_class, const char* anchor,
            const std::string& content) {
    write("<text class=\"{}\" text-anchor=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", css_class,
          anchor, x, y, escape_xml(content));
  }

  // Finds the ranges, the ticks and the frame's edges.
  void measure() {
    for (const Series& s : chart_.series) {
      for (std::size_t i = 0; i < s.x.size(); ++i) {
        if (!can_be_drawn(s.x[i], s.y[i], chart_.log_y)) continue;
        x_range_.include(s.x[i]);
        y_range_.include(s.y[i]);
      }
    }
    top_ = 28 + legend(false) + 40;
    bottom_ = chart_.height - 50;
    right_ = chart_.width - 24;
    left_ = kMargin + 24;
    if (x_range_.is_empty()) return;

    const int y_count = std::max(3, (bottom_ - top_) / 36);
    y_ticks_ = chart_.log_y ? nice_log_ticks(y_range_.low, y_range_.high, y_count)
                            : nice_ticks(y_range_.low, y_range_.high, y_count);
    y_labels_ = tick_labels(y_ticks_);
    int widest = 0;
    for (const std::string& label : y_labels_) widest = std::max(widest, text_width_of(label));
    left_ = kMargin + widest + 8;

    // The line may begin and end at the frame, so the x axis shows the data's own range.
    if (x_range_.low == x_range_.high) {
      x_range_.low -= x_range_.all_whole ? 1 : 0.5;
      x_range_.high += x_range_.all_whole ? 1 : 0.5;
    }
    int x_count = std::max(3, (right_ - left_) / 70);
    // Between whole numbers (epochs) there is nothing to mark.
    const double steps = x_range_.high - x_range_.low;
    if (x_range_.all_whole && steps + 1 < x_count)
      x_count = std::max(3, static_cast<int>(steps) + 1);
    for (const double tick : nice_ticks(x_range_.low, x_range_.high, x_count)) {
      const bool wanted = !x_range_.all_whole || tick == std::floor(tick);
      if (tick >= x_range_.low && tick <= x_range_.high && wanted) x_ticks_.push_back(tick);
    }

    x_axis_ = {x_range_.low, x_range_.high, static_cast<double>(left_), static_cast<double>(right_),
               false};
    y_axis_ = {y_ticks_.front(), y_ticks_.back(), static_cast<double>(bottom_),
               static_cast<double>(top_), chart_.log_y};
    if (chart_.log_y) {
      y_axis_.low = std::log10(y_axis_.low);
      y_axis_.high = std::log10(y_axis_.high);
    }
  }

  // Names beside a stroke of their colour, in as many rows as they need. Returns the rows' height.
  int legend(bool draw) {
    int x = kMargin, y = 50, rows = 1;
    for (std::size_t i = 0; i < chart_.series.size(); ++i) {
      const int width = 28 + text_width_of(chart_.series[i].name) + 18;
      if (x > kMargin && x + width > chart_.width - kMargin) {
        x = kMargin;
        y += kLegendRow;
        ++rows;
      }
      if (draw) {
        write("<line class=\"line {}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", line_class(i),
              x, y - 4, x + 20, y - 4);
        text(x + 28, y, "name", "start", chart_.series[i].name);
      }
      x += width;
    }
    return chart_.series.empty() ? 0 : rows * kLegendRow;
  }

  // The eighth series has the first one's colour again, dashed.
  static std::string line_class(std::size_t i) {
    return fmt::format("s{}{}", i % kClassColours.size(),
                       i >= kClassColours.size() ? " again" : "");
  }

  void axes() {
    for (std::size_t i = 0; i < y_ticks_.size(); ++i) {
      const double y = y_axis_(y_ticks_[i]);
      write("<line class=\"rule\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>\n", left_, y,
            right_, y);
      text(left_ - 8, y + 4, "faint tick", "end", y_labels_[i]);
    }
    const std::vector<std::string> x_labels = tick_labels(x_ticks_);
    for (std::size_t i = 0; i < x_ticks_.size(); ++i) {
      const double x = x_axis_(x_ticks_[i]);
      write("<line class=\"axis\" x1=\"{:.1f}\" y1=\"{}\" x2=\"{:.1f}\" y2=\"{}\"/>\n", x, bottom_,
            x, bottom_ + 5);
      text(x, bottom_ + 19, "faint tick", "middle", x_labels[i]);
    }
    write("<line class=\"axis\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", left_, bottom_,
          right_, bottom_);
    text(kMargin, top_ - 14, "faint", "start", chart_.y_label);
    text(std::midpoint(left_, right_), chart_.height - 12, "faint", "middle", chart_.x_label);
  }

  void series(std::size_t index) {
    const Series& s = chart_.series[index];
    std::vector<std::pair<double, double>> run;  // pixels of the points since the last gap
    const auto end_run = [&] {
      if (run.size() > 1) {
        write("<polyline class=\"line {}\" points=\"", line_class(index));
        for (std::size_t i = 0; i < run.size(); ++i) {
          write("{}{:.1f},{:.1f}", i > 0 ? " " : "", run[i].first, run[i].second);
        }
        out_ += "\"/>\n";
      }
      // A point alone between two gaps has no line, so it gets a dot in any case.
      if (run.size() == 1 || s.x.size() <= kMaxMarkers) {
        for (const auto& [x, y] : run) {
          write("<circle class=\"d{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"/>\n",
                index % kClassColours.size(), x, y);
        }
      }
      run.clear();
    };
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      if (can_be_drawn(s.x[i], s.y[i], chart_.log_y)) {
        run.emplace_back(x_axis_(s.x[i]), y_axis_(s.y[i]));
      } else {
        end_run();
      }
    }
    end_run();
  }

  const Chart& chart_;
  std::string out_;
  Range x_range_, y_range_;
  std::vector<double> x_ticks_, y_ticks_;
  std::vector<std::string> y_labels_;
  int left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;  // of the frame, pixels
  Axis x_axis_, y_axis_;
};

}  // namespace

std::string line_chart_svg(const Chart& chart) {
  NN_CHECK(chart.width >= 240 && chart.height >= 180, "a chart of ", chart.width, " x ",
           chart.height, " pixels; 240 x 180 is the least that its labels fit");
  for (const Series& s : chart.series) {
    NN_CHECK_EQ(s.x.size(), s.y.size(), "x and y of series \"", s.name, "\"");
  }
  return ChartWriter(chart).svg();
}

}  // namespace nn
