#include "common/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/check.h"
#include "common/font.h"
#include "common/picture_layout.h"

namespace nn {

namespace {

using namespace picture;

constexpr Rgb kRight = kClassColours[0];  // blue
constexpr Rgb kWrong = kClassColours[1];  // vermilion

int widest(std::span<const std::string> texts) {
  int width = 0;
  for (const std::string& text : texts) width = std::max(width, text_width(text, kTextScale));
  return width;
}

// White letters on a dark ground, dark on a bright one. The weights are the eye's sensitivity to
// the primaries [BT709].
Rgb readable_on(Rgb ground) {
  const double brightness = 0.2126 * ground.r + 0.7152 * ground.g + 0.0722 * ground.b;
  return brightness < 140 ? kPaper : kInk;
}

// blue -1, white 0, vermilion +1
Rgb diverging(double value) {
  return value < 0 ? mix(kPaper, kRight, -value) : mix(kPaper, kWrong, value);
}

// Columns for `count` tiles, 1 to 4 times as many as rows: so that the last row is full if any such
// number allows it, else 1.6 times.
int tile_columns(int count) {
  const double square = std::sqrt(count);
  for (int columns = static_cast<int>(std::ceil(square)); columns <= 2 * square; ++columns) {
    if (count % columns == 0) return columns;
  }
  return static_cast<int>(std::ceil(std::sqrt(1.6 * count)));
}

// A probability as "99.8 %"; never rounded up to a certainty that the network did not express.
std::string percent(double share) {
  return fmt::format("{:.1f} %", share < 1 ? std::min(100 * share, 99.9) : 100.0);
}

}  // namespace

Image draw_confusion_matrix(std::span<const std::int64_t> counts,
                            std::span<const std::string> class_names, const std::string& title) {
  const int L = static_cast<int>(class_names.size());
  NN_CHECK(L >= 1, "a confusion matrix needs a class");
  NN_CHECK_EQ(std::ssize(counts), std::int64_t{L} * L, "counts (L,L), L = ", L, " class names");
  const auto count = [&](int t, int l) { return counts[index(t) * index(L) + index(l)]; };

  std::int64_t total = 0, right = 0;
  int widest_count = 0;
  for (int t = 0; t < L; ++t) {
    for (int l = 0; l < L; ++l) {
      NN_CHECK(count(t, l) >= 0, "counts[", t, ",", l, "] = ", count(t, l));
      total += count(t, l);
      if (t == l) right += count(t, l);
      widest_count = std::max(widest_count, text_width(std::to_string(count(t, l)), kTextScale));
    }
  }
  const std::string accuracy =
      total == 0 ? "no examples"
                 : fmt::format("{} of {} right ({:.2f} %)", right, total,
                               100.0 * static_cast<double>(right) / static_cast<double>(total));

  constexpr int kGap = 2;
  const int cell = std::max(48, widest_count + 16);
  const int table = L * (cell + kGap) - kGap;
  const int names = widest(class_names);
  const bool names_upwards = names > cell - 4;  // below the columns, where they may be too wide
  const int left = kMargin + kLineHeight + 8 + names + 12, top = kMargin + kHeading;
  const int names_below = names_upwards ? names : kLineHeight;
  Image image =
      make_image(std::max(left + table, kMargin + heading_width(title, accuracy)) + kMargin,
                 top + table + 12 + names_below + 8 + kLineHeight + kMargin);
  draw_heading(image, title, accuracy);

  for (int t = 0; t < L; ++t) {
    std::int64_t in_row = 0;
    for (int l = 0; l < L; ++l) in_row += count(t, l);
    const int y = top + t * (cell + kGap);
    draw_text_right(image, left - 12, y + (cell - kLetterHeight) / 2, class_names[index(t)],
                    kTextScale, kInk);
    for (int l = 0; l < L; ++l) {
      const int x = left + l * (cell + kGap);
      const double share =
          in_row == 0 ? 0 : static_cast<double>(count(t, l)) / static_cast<double>(in_row);
      // The square root lifts the small shares: 1 % of a row is a mistake one should see.
      const Rgb ground =
          t == l ? mix(kPaper, kRight, share) : mix(kPaper, kWrong, std::sqrt(share));
      fill_rectangle(image, x, y, cell, cell, ground);
      if (ground == kPaper) draw_frame(image, x, y, cell, cell, mix(kPaper, kRule, 0.5));
      draw_text_centred(image, x + cell / 2, y + (cell - kLetterHeight) / 2,
                        std::to_string(count(t, l)), kTextScale,
                        count(t, l) == 0 ? kRule : readable_on(ground));
    }
  }
  for (int l = 0; l < L; ++l) {
    const int centre = left + l * (cell + kGap) + cell / 2, y = top + table + 12;
    if (names_upwards) {
      // Each name ends at the table: the tops of the columns of text are level.
      draw_text_upwards(image, centre - kLetterHeight / 2, y, class_names[index(l)], kTextScale,
                        kInk);
    } else {
      draw_text_centred(image, centre, y, class_names[index(l)], kTextScale, kInk);
    }
  }
  draw_text_upwards(image, kMargin, top + (table - text_width("true", kTextScale)) / 2, "true",
                    kTextScale, kFaintInk);
  draw_text_centred(image, left + table / 2, top + table + 12 + names_below + 8, "predicted",
                    kTextScale, kFaintInk);
  return image;
}

Image draw_weight_grid(std::span<const double> w, int image_height, int image_width,
                       const std::string& title) {
  NN_CHECK(image_height >= 1 && image_width >= 1, "tiles of ", image_height, " x ", image_width);
  const int C = image_height * image_width;
  const int OC = static_cast<int>(w.size()) / C;
  NN_CHECK(OC >= 1 && w.size() % index(C) == 0, w.size(),
           " weights; w (C,OC) has C = ", image_height, " * ", image_width, " = ", C,
           " rows and 1 or more columns");
  double limit = 0;
  for (const double value : w) {
    NN_CHECK(std::isfinite(value), "a weight is ", value);
    limit = std::max(limit, std::abs(value));
  }

  constexpr int kGap = 6, kBarWidth = 240, kBarHeight = 14;
  const int zoom = std::max(1, 64 / std::max(image_height, image_width));
  const int tile_width = image_width * zoom, tile_height = image_height * zoom;
  const int columns = tile_columns(OC);
  const int rows = (OC + columns - 1) / columns;
  const std::string subtitle = fmt::format("{} hidden unit{}, {} x {} weights each", OC,
                                           OC == 1 ? "" : "s", image_width, image_height);
  const int top = kMargin + kHeading;
  const int grid_width = columns * (tile_width + kGap) - kGap;
  const int grid_height = rows * (tile_height + kGap) - kGap;
  const std::string low = fmt::format("{:.3g}", -limit), high = fmt::format("+{:.3g}", limit);
  const int note_width =
      text_width(low, kTextScale) + 10 + kBarWidth + 10 + text_width(high, kTextScale);
  Image image =
      make_image(2 * kMargin + std::max({grid_width, heading_width(title, subtitle), note_width}),
                 top + grid_height + 20 + kBarHeight + kMargin);
  draw_heading(image, title, subtitle);

  for (int oc = 0; oc < OC; ++oc) {
    const int x = kMargin + oc % columns * (tile_width + kGap);
    const int y = top + oc / columns * (tile_height + kGap);
    for (int c = 0; c < C; ++c) {
      const double value = w[index(c) * index(OC) + index(oc)];
      fill_rectangle(image, x + c % image_width * zoom, y + c / image_width * zoom, zoom, zoom,
                     diverging(limit == 0 ? 0 : value / limit));
    }
    draw_frame(image, x - 1, y - 1, tile_width + 2, tile_height + 2, kRule);
  }

  const int bar_y = top + grid_height + 20;
  const int bar_x = kMargin + text_width(low, kTextScale) + 10;
  draw_text(image, kMargin, bar_y, low, kTextScale, kInk);
  for (int x = 0; x < kBarWidth; ++x) {
    fill_rectangle(image, bar_x + x, bar_y, 1, kBarHeight,
                   diverging(2.0 * x / (kBarWidth - 1) - 1));
  }
  draw_frame(image, bar_x - 1, bar_y - 1, kBarWidth + 2, kBarHeight + 2, kRule);
  draw_text(image, bar_x + kBarWidth + 10, bar_y, high, kTextScale, kInk);
  return image;
}

Image draw_mistakes(std::span<const Mistake> mistakes, int image_height, int image_width,
                    std::span<const std::string> class_names, const std::string& title) {
  NN_CHECK(image_height >= 1 && image_width >= 1, "images of ", image_height, " x ", image_width);
  const int L = static_cast<int>(class_names.size());
  const int count = static_cast<int>(mistakes.size());
  struct Caption {
    std::string truth, predicted;
  };
  std::vector<Caption> captions;
  const int zoom = std::max(1, 168 / std::max(image_height, image_width));
  int cell_width = image_width * zoom;
  for (const Mistake& m : mistakes) {
    NN_CHECK_EQ(std::ssize(m.pixels), std::int64_t{image_height} * image_width,
                "pixels of a mistake");
    NN_CHECK(m.truth >= 0 && m.truth < L && m.predicted >= 0 && m.predicted < L, "true class ",
             m.truth, ", predicted ", m.predicted, "; there are ", L, " class names");
    NN_CHECK(m.probability >= 0 && m.probability <= 1, "probability ", m.probability);
    captions.push_back(
        {"true " + class_names[index(m.truth)],
         "said " + class_names[index(m.predicted)] + " (" + percent(m.probability) + ")"});
    cell_width = std::max({cell_width, text_width(captions.back().truth, kTextScale),
                           text_width(captions.back().predicted, kTextScale)});
  }

  constexpr int kGap = 28;
  const std::string subtitle =
      count == 0 ? "no mistakes" : "dark is ink; in brackets, how sure the network was";
  const int columns = std::clamp(count, 1, 5), rows = (count + columns - 1) / columns;
  const int cell_height = image_height * zoom + 8 + 2 * kLineHeight + 16;
  const int top = kMargin + kHeading;
  Image image = make_image(
      2 * kMargin + std::max(columns * (cell_width + kGap) - kGap, heading_width(title, subtitle)),
      top + rows * cell_height + kMargin / 2);
  draw_heading(image, title, subtitle);
  for (int i = 0; i < count; ++i) {
    const Mistake& m = mistakes[index(i)];
    const int x = kMargin + i % columns * (cell_width + kGap), y = top + i / columns * cell_height;
    for (int h = 0; h < image_height; ++h) {
      for (int v = 0; v < image_width; ++v) {
        const double ink = m.pixels[index(h * image_width + v)];
        NN_CHECK(!std::isnan(ink), "pixel (", h, ", ", v, ") of mistake ", i, " is NaN");
        fill_rectangle(image, x + v * zoom, y + h * zoom, zoom, zoom, mix(kPaper, kInk, ink));
      }
    }
    draw_frame(image, x, y, image_width * zoom, image_height * zoom, kRule);
    const int text_y = y + image_height * zoom + 8;
    draw_text(image, x, text_y, captions[index(i)].truth, kTextScale, kRight);
    draw_text(image, x, text_y + kLineHeight, captions[index(i)].predicted, kTextScale, kWrong);
  }
  return image;
}

}  // namespace nn
