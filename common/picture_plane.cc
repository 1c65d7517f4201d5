// The picture of a decision boundary (common/picture.h).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/check.h"
#include "common/font.h"
#include "common/picture.h"
#include "common/picture_layout.h"
#include "common/ticks.h"

namespace nn {

namespace {

using namespace picture;

constexpr int kLongSide = 640;   // of the plot
constexpr int kShortSide = 320;  // at least, however flat the view

void check_view(const PlaneView& view, int GH, int GW) {
  NN_CHECK(view.x_min < view.x_max && view.y_min < view.y_max &&
               std::isfinite(view.x_max - view.x_min) && std::isfinite(view.y_max - view.y_min),
           "a view from (", view.x_min, ", ", view.y_min, ") to (", view.x_max, ", ", view.y_max,
           "); each range goes upwards and is finite");
  NN_CHECK(GH >= 1 && GW >= 1, "a grid of ", GH, " x ", GW, " points");
}

// Probabilities given at the middles of grid cells, read anywhere between by bilinear
// interpolation; beyond the outermost middles, those middles' values.
class ProbabilityField {
 public:
  ProbabilityField(std::span<const double> p, int GH, int GW, int columns)
      : p_(p), GH_(GH), GW_(GW), columns_(columns), L_(std::max(columns, 2)) {}

  int class_count() const { return L_; }

  // p_out (L): at the share x of the way from left to right, y from top to bottom.
  void at(double x, double y, std::vector<double>& p_out) const {
    const Place across = place(x, GW_), down = place(y, GH_);
    for (int l = 0; l < L_; ++l) {
      const double top =
          std::lerp(value(down.low, across.low, l), value(down.low, across.high, l), across.share);
      const double bottom = std::lerp(value(down.high, across.low, l),
                                      value(down.high, across.high, l), across.share);
      p_out[index(l)] = std::lerp(top, bottom, down.share);
    }
  }

 private:
  struct Place {
    int low, high;  // neighbouring grid rows or columns
    double share;   // of the way from low to high
  };
  static Place place(double share, int count) {
    const double at = std::clamp(share * count - 0.5, 0.0, count - 1.0);
    const int low = static_cast<int>(at);
    return {low, std::min(low + 1, count - 1), at - low};
  }
  double value(int gh, int gw, int l) const {
    const std::size_t cell = index(gh) * index(GW_) + index(gw);
    if (columns_ > 1) return p_[cell * index(columns_) + index(l)];
    return l == 1 ? p_[cell] : 1 - p_[cell];
  }

  std::span<const double> p_;
  int GH_, GW_, columns_, L_;
};

// A class's region: its colour, the paler the closer the likeliest class is to a blind guess.
Rgb region_colour(int label, double p, int L) {
  const double certainty = (p - 1.0 / L) / (1 - 1.0 / L);
  return mix(kPaper, class_colour(index(label)), 0.12 + 0.38 * std::clamp(certainty, 0.0, 1.0));
}

// Where the plot lies in the image, and how the plane maps onto it.
struct Plot {
  PlaneView view;
  int left, top, width, height;

  double x(double value) const {
    return left + (value - view.x_min) / (view.x_max - view.x_min) * width;
  }
  double y(double value) const {
    return top + (view.y_max - value) / (view.y_max - view.y_min) * height;
  }
};

void draw_regions(Image& image, const Plot& plot, const ProbabilityField& field) {
  std::vector<int> label(index(plot.width) * index(plot.height));  // (height, width)
  std::vector<double> p(index(field.class_count()));
  for (int row = 0; row < plot.height; ++row) {
    for (int column = 0; column < plot.width; ++column) {
      field.at((column + 0.5) / plot.width, (row + 0.5) / plot.height, p);
      const auto likeliest = std::max_element(p.begin(), p.end());
      const int l = static_cast<int>(likeliest - p.begin());
      label[index(row) * index(plot.width) + index(column)] = l;
      set_pixel(image, plot.left + column, plot.top + row,
                region_colour(l, *likeliest, field.class_count()));
    }
  }
  // The boundary, 2 pixels wide: where the class changes towards the right or downwards.
  const auto at = [&](int row, int column) {
    return label[index(std::min(row, plot.height - 1)) * index(plot.width) +
                 index(std::min(column, plot.width - 1))];
  };
  for (int row = 0; row < plot.height; ++row) {
    for (int column = 0; column < plot.width; ++column) {
      const int here = at(row, column);
      if (here != at(row, column + 1) || here != at(row + 1, column)) {
        const int width = std::min(2, plot.width - column), height = std::min(2, plot.height - row);
        fill_rectangle(image, plot.left + column, plot.top + row, width, height, kInk);
      }
    }
  }
}

void draw_points(Image& image, const Plot& plot, std::span<const PlanePoint> points) {
  for (const PlanePoint& point : points) {
    if (!(point.x >= plot.view.x_min && point.x <= plot.view.x_max)) continue;
    if (!(point.y >= plot.view.y_min && point.y <= plot.view.y_max)) continue;
    fill_disc(image, plot.x(point.x), plot.y(point.y), 5.5, kPaper);
    fill_disc(image, plot.x(point.x), plot.y(point.y), 4, class_colour(index(point.label)));
  }
}

struct TickLabels {
  std::vector<double> ticks;  // inside the range
  std::vector<std::string> labels;
};

TickLabels ticks_inside(double low, double high, int count) {
  TickLabels result;
  for (const double tick : nice_ticks(low, high, count)) {
    if (tick >= low && tick <= high) result.ticks.push_back(tick);
  }
  result.labels = tick_labels(result.ticks);
  return result;
}

void draw_axes(Image& image, const Plot& plot, const TickLabels& across, const TickLabels& up) {
  draw_frame(image, plot.left - 1, plot.top - 1, plot.width + 2, plot.height + 2, kFaintInk);
  for (std::size_t i = 0; i < across.ticks.size(); ++i) {
    const int x = static_cast<int>(std::lround(plot.x(across.ticks[i])));
    fill_rectangle(image, x - 1, plot.top + plot.height, 2, 6, kFaintInk);
    draw_text_centred(image, x, plot.top + plot.height + 12, across.labels[i], kTextScale,
                      kFaintInk);
  }
  for (std::size_t i = 0; i < up.ticks.size(); ++i) {
    const int y = static_cast<int>(std::lround(plot.y(up.ticks[i])));
    fill_rectangle(image, plot.left - 6, y - 1, 6, 2, kFaintInk);
    draw_text_right(image, plot.left - 12, y - kLetterHeight / 2, up.labels[i], kTextScale,
                    kFaintInk);
  }
}

// Discs with the classes' names, in a row; returns its width. Drawn on no image, only measured.
int draw_legend(Image* image, int x, int y, std::span<const std::string> class_names) {
  const int start = x;
  for (std::size_t l = 0; l < class_names.size(); ++l) {
    if (image != nullptr) {
      fill_disc(*image, x + 6, y + kLetterHeight / 2.0, 6, class_colour(l));
      draw_text(*image, x + 20, y, class_names[l], kTextScale, kFaintInk);
    }
    x += 20 + text_width(class_names[l], kTextScale) + 24;
  }
  return x - start;
}

}  // namespace

std::vector<double> plane_grid(const PlaneView& view, int GH, int GW) {
  check_view(view, GH, GW);
  std::vector<double> grid;
  grid.reserve(2 * index(GH) * index(GW));
  for (int gh = 0; gh < GH; ++gh) {
    for (int gw = 0; gw < GW; ++gw) {
      grid.push_back(std::lerp(view.x_min, view.x_max, (gw + 0.5) / GW));
      grid.push_back(std::lerp(view.y_max, view.y_min, (gh + 0.5) / GH));
    }
  }
  return grid;
}

Image draw_decision_boundary(std::span<const double> p, int GH, int GW, const PlaneView& view,
                             std::span<const PlanePoint> points,
                             std::span<const std::string> class_names, const std::string& title) {
  check_view(view, GH, GW);
  const int L = static_cast<int>(class_names.size());
  NN_CHECK(L >= 2, L, " class names; a boundary lies between 2 classes or more");
  const std::size_t cells = index(GH) * index(GW);
  NN_CHECK(p.size() == cells * index(L) || (L == 2 && p.size() == cells), p.size(),
           " probabilities; a grid of ", GH, " x ", GW, " points and ", L,
           " classes has one a point and class (or, of 2 classes, one a point)");
  for (const double value : p) NN_CHECK(value >= 0 && value <= 1, "a probability is ", value);
  for (const PlanePoint& point : points) {
    NN_CHECK(point.label >= 0 && point.label < L, "label ", point.label, "; there are ", L,
             " class names");
  }

  const double aspect = (view.x_max - view.x_min) / (view.y_max - view.y_min);
  const auto side = [](double length) {
    return std::clamp(static_cast<int>(length), kShortSide, kLongSide);
  };
  const int width = side(kLongSide * std::min(aspect, 1.0));
  const int height = side(kLongSide / std::max(aspect, 1.0));
  const TickLabels across = ticks_inside(view.x_min, view.x_max, 8);
  const TickLabels up = ticks_inside(view.y_min, view.y_max, 8);
  int widest = 0;
  for (const std::string& label : up.labels)
    widest = std::max(widest, text_width(label, kTextScale));

  const Plot plot{view, kMargin + widest + 14, kMargin + kHeading, width, height};
  const int heading =
      std::max(text_width(title, kTitleScale), draw_legend(nullptr, 0, 0, class_names));
  Image image = make_image(std::max(plot.left + width, kMargin + heading) + kMargin,
                           plot.top + height + 12 + kLineHeight + kMargin);
  draw_heading(image, title, "");
  draw_legend(&image, kMargin, kMargin + kSubtitleBelow, class_names);
  draw_regions(image, plot, ProbabilityField(p, GH, GW, p.size() == cells ? 1 : L));
  draw_points(image, plot, points);
  draw_axes(image, plot, across, up);
  return image;
}

}  // namespace nn
