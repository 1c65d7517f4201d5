#include "common/picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "common/check.h"
#include "common/font.h"
#include "common/picture_layout.h"

namespace nn {
namespace {

using std::string;
using Names = std::vector<string>;

constexpr Rgb kBlue = class_colour(0), kVermilion = class_colour(1), kGreen = class_colour(2);

struct Place {
  int x, y;
};

// Where `text` stands in that colour, top left: each of its pixels, and none between them.
std::optional<Place> find_text(const Image& image, const string& text, Rgb colour, int scale = 2,
                               bool upwards = false) {
  const int along = text_width(text, scale), across = kGlyphHeight * scale;
  Image pattern = make_image(upwards ? across : along, upwards ? along : across, {255, 255, 255});
  if (upwards) {
    draw_text_upwards(pattern, 0, 0, text, scale, {0, 0, 0});
  } else {
    draw_text(pattern, 0, 0, text, scale, {0, 0, 0});
  }
  const auto matches = [&](int x, int y) {
    for (int row = 0; row < pattern.height; ++row) {
      for (int column = 0; column < pattern.width; ++column) {
        const bool ink = pixel(pattern, column, row) == Rgb{0, 0, 0};
        if (ink != (pixel(image, x + column, y + row) == colour)) return false;
      }
    }
    return true;
  };
  for (int y = 0; y + pattern.height <= image.height; ++y) {
    for (int x = 0; x + pattern.width <= image.width; ++x) {
      if (matches(x, y)) return Place{x, y};
    }
  }
  return std::nullopt;
}

int count_of(const Image& image, Rgb colour) {
  int count = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) count += pixel(image, x, y) == colour;
  }
  return count;
}

double brightness(Rgb c) { return (c.r + c.g + c.b) / 765.0; }

// ---- confusion matrix ----

const Names kAnimals = {"cat", "dog", "hen"};
//                                              predicted cat dog hen
const std::vector<std::int64_t> kAnimalCounts = {/* cat */ 90, 7,  3,
                                                 /* dog */ 0,  80, 20,
                                                 /* hen */ 15, 31, 54};

TEST(ConfusionMatrix, NamesAxesClassesAndAccuracy) {
  const Image image = draw_confusion_matrix(kAnimalCounts, kAnimals, "Farm");
  EXPECT_TRUE(find_text(image, "Farm", kInk, 3));
  EXPECT_TRUE(find_text(image, "224 of 300 right (74.67 %)", kFaintInk));
  EXPECT_TRUE(find_text(image, "predicted", kFaintInk));
  EXPECT_TRUE(find_text(image, "true", kFaintInk, 2, true));
  for (const string& name : kAnimals) EXPECT_TRUE(find_text(image, name, kInk)) << name;
}

TEST(ConfusionMatrix, HasTrueClassesDownAndPredictedAcross) {
  const Image image = draw_confusion_matrix(kAnimalCounts, kAnimals, "");
  const auto seven = find_text(image, "7", kInk), thirty_one = find_text(image, "31", kInk);
  const auto twenty = find_text(image, "20", kInk), cat = find_text(image, "cat", kInk);
  ASSERT_TRUE(seven && thirty_one && twenty && cat);
  EXPECT_EQ(seven->y, cat->y) << "a true cat, so in the first row";
  EXPECT_LT(cat->x, seven->x) << "rows are named on the left";
  EXPECT_GT(thirty_one->y, twenty->y) << "hens are below dogs";
  EXPECT_LT(thirty_one->x, twenty->x) << "predicted dogs are left of predicted hens";
}

TEST(ConfusionMatrix, ShadesRightBlueMistakesVermilionByTheirShare) {
  const Image image = draw_confusion_matrix(kAnimalCounts, kAnimals, "");
  // The cell's own colour: 4 pixels above and left of its number.
  const auto ground = [&](const string& count, Rgb ink) {
    const auto place = find_text(image, count, ink);
    EXPECT_TRUE(place) << count;
    return place ? pixel(image, place->x - 4, place->y - 4) : Rgb{};
  };
  EXPECT_EQ(ground("90", kPaper), mix(kPaper, kBlue, 0.9));
  EXPECT_EQ(ground("80", kPaper), mix(kPaper, kBlue, 0.8));
  EXPECT_EQ(ground("54", kInk), mix(kPaper, kBlue, 0.54)) << "dark letters on a pale cell";
  EXPECT_EQ(ground("31", kInk), mix(kPaper, kVermilion, std::sqrt(0.31)));
  EXPECT_EQ(ground("0", kRule), kPaper) << "no mistake, no colour";
  EXPECT_LT(brightness(ground("31", kInk)), brightness(ground("7", kInk)));
}

TEST(ConfusionMatrix, TurnsLongNamesUpwardsAndGrowsForThem) {
  const Names names = {"Ankle boot", "T-shirt/top"};
  const Image image = draw_confusion_matrix(std::vector<std::int64_t>{12345, 0, 6, 7}, names, "");
  for (const string& name : names) {
    EXPECT_TRUE(find_text(image, name, kInk)) << name;
    EXPECT_TRUE(find_text(image, name, kInk, 2, true)) << name;
  }
  EXPECT_TRUE(find_text(image, "12345", kPaper));
}

TEST(ConfusionMatrix, ManagesAClassNeverSeenAndNoExamplesAtAll) {
  const std::vector<std::int64_t> one_class = {0, 0, 2, 5};
  EXPECT_TRUE(find_text(draw_confusion_matrix(one_class, Names{"a", "b"}, ""),
                        "5 of 7 right (71.43 %)", kFaintInk));
  EXPECT_TRUE(find_text(draw_confusion_matrix(std::vector<std::int64_t>{0}, Names{"a"}, ""),
                        "no examples", kFaintInk));
}

TEST(ConfusionMatrix, RefusesWhatIsNone) {
  EXPECT_THROW(draw_confusion_matrix(kAnimalCounts, Names{"a", "b"}, ""), Error);
  EXPECT_THROW(draw_confusion_matrix({}, Names{}, ""), Error);
  EXPECT_THROW(draw_confusion_matrix(std::vector<std::int64_t>{-1}, Names{"a"}, ""), Error);
}

// ---- weight grid ----

TEST(WeightGrid, ShowsEachUnitsWeightsAsAnImage) {
  // Tiles 2 high, 3 wide: C = 6; OC = 2 units. Row c holds the weights of pixel c.
  const std::vector<double> w = {0.5, 0,     0, -0.5,  0.25, 0,  //
                                 0,   -0.25, 0, 0.125, 0,    0};
  const Image image = draw_weight_grid(w, 2, 3, "Units");
  EXPECT_TRUE(find_text(image, "2 hidden units, 3 x 2 weights each", kFaintInk));
  EXPECT_TRUE(find_text(image, "-0.5", kInk));
  EXPECT_TRUE(find_text(image, "+0.5", kInk));
  constexpr int kZoom = 64 / 3, kTile = 3 * kZoom + 6;  // 6 pixels between tiles
  const auto at = [&](int oc, int row, int column) {
    return pixel(image, picture::kMargin + oc * kTile + column * kZoom + kZoom / 2,
                 picture::kMargin + picture::kHeading + row * kZoom + kZoom / 2);
  };
  for (int oc = 0; oc < 2; ++oc) {
    for (int c = 0; c < 6; ++c) {
      const double share = w[static_cast<std::size_t>(2 * c + oc)] / 0.5;
      EXPECT_EQ(at(oc, c / 3, c % 3), mix(kPaper, share < 0 ? kBlue : kVermilion, std::abs(share)))
          << "unit " << oc << ", pixel " << c;
    }
  }
}

TEST(WeightGrid, ManagesAwkwardCounts) {
  for (const int OC : {1, 31, 32, 33, 127, 129}) {
    const std::vector<double> w(static_cast<std::size_t>(OC) * 15, 0.0);
    const Image image = draw_weight_grid(w, 3, 5, "Zero");
    EXPECT_EQ(count_of(image, kVermilion), 1 * 14) << "only the scale's last column";
    EXPECT_LT(image.width, 2000);
    EXPECT_LT(image.height, 2000);
  }
}

TEST(WeightGrid, RefusesWhatDoesNotFit) {
  const std::vector<double> w(12, 1.0), with_nan = {1, std::nan("")};
  EXPECT_THROW(draw_weight_grid(w, 5, 1, ""), Error);
  EXPECT_THROW(draw_weight_grid(w, 0, 3, ""), Error);
  EXPECT_THROW(draw_weight_grid({}, 1, 1, ""), Error);
  EXPECT_THROW(draw_weight_grid(with_nan, 1, 1, ""), Error);
}

// ---- mistakes ----

const Names kDigits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

TEST(Mistakes, ShowPixelsAndWhatWasSaid) {
  const std::vector<double> pixels = {0, 1, 0.5, 0, 0, 1};  // 2 high, 3 wide
  const std::vector<Mistake> mistakes = {{pixels, 4, 9, 0.998}, {pixels, 7, 1, 0.99999}};
  const Image image = draw_mistakes(mistakes, 2, 3, kDigits, "Worst");
  EXPECT_TRUE(find_text(image, "true 4", kBlue));
  EXPECT_TRUE(find_text(image, "said 9 (99.8 %)", kVermilion));
  EXPECT_TRUE(find_text(image, "said 1 (99.9 %)", kVermilion)) << "not 100: it was not certain";
  constexpr int kZoom = 168 / 3;
  for (int i = 0; i < 6; ++i) {
    const int x = picture::kMargin + i % 3 * kZoom + kZoom / 2;
    const int y = picture::kMargin + picture::kHeading + i / 3 * kZoom + kZoom / 2;
    EXPECT_EQ(pixel(image, x, y), mix(kPaper, kInk, pixels[static_cast<std::size_t>(i)])) << i;
  }
}

TEST(Mistakes, GoOnInANewRowAfterFive) {
  const std::vector<double> pixels(6, 0.25);
  std::vector<Mistake> mistakes(5, Mistake{pixels, 1, 2, 0.25});
  const Image five = draw_mistakes(mistakes, 3, 2, kDigits, "t");
  mistakes.push_back({pixels, 3, 4, 0.75});
  const Image six = draw_mistakes(mistakes, 3, 2, kDigits, "t");
  EXPECT_EQ(six.width, five.width);
  const auto place = find_text(six, "true 3", kBlue);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->x, picture::kMargin);
  EXPECT_GT(place->y, five.height - picture::kMargin - 2 * picture::kLineHeight);
  EXPECT_TRUE(find_text(six, "said 4 (75.0 %)", kVermilion));
}

TEST(Mistakes, NoneIsAPictureToo) {
  EXPECT_TRUE(find_text(draw_mistakes({}, 28, 28, kDigits, "Worst"), "no mistakes", kFaintInk));
}

TEST(Mistakes, RefuseWhatTheyCannotShow) {
  const std::vector<double> pixels(6, 0.5);
  const std::vector<double> with_nan = {0, 0, std::nan(""), 0, 0, 0};
  const auto draw = [](const Mistake& m) { draw_mistakes({&m, 1}, 2, 3, kDigits, ""); };
  EXPECT_NO_THROW(draw({pixels, 0, 9, 1}));
  EXPECT_THROW(draw({std::span(pixels).first(5), 0, 9, 1}), Error);
  EXPECT_THROW(draw({with_nan, 0, 9, 1}), Error);
  EXPECT_THROW(draw({pixels, 10, 9, 1}), Error);
  EXPECT_THROW(draw({pixels, 0, -1, 1}), Error);
  EXPECT_THROW(draw({pixels, 0, 9, 1.01}), Error);
  EXPECT_THROW(draw({pixels, 0, 9, std::nan("")}), Error);
}

// ---- decision boundary ----

const PlaneView kView = {.x_min = -2, .x_max = 2, .y_min = 0, .y_max = 1};

TEST(PlaneGrid, HoldsTheMiddlesTopRowFirst) {
  EXPECT_EQ(plane_grid(kView, 1, 2), (std::vector<double>{-1, 0.5, 1, 0.5}));
  EXPECT_EQ(plane_grid(kView, 2, 1), (std::vector<double>{0, 0.75, 0, 0.25}));
}

// The probability of class 1 is 1 in the upper right quarter, else 0.
std::vector<double> upper_right(int GH, int GW) {
  const std::vector<double> grid = plane_grid(kView, GH, GW);
  std::vector<double> p;
  for (std::size_t i = 0; i < grid.size(); i += 2) p.push_back(grid[i] > 0 && grid[i + 1] > 0.5);
  return p;
}

// The plot's edges in the image: its frame is the first and last of kFaintInk along the middle
// row and column that are long lines.
struct Frame {
  int left, right, top, bottom;  // of the plot inside
};
Frame find_frame(const Image& image) {
  const auto is_line = [&](int x, int y, int dx, int dy) {
    for (int i = 0; i < 100; ++i) {
      const int at_x = x + i * dx, at_y = y + i * dy;
      if (at_x >= image.width || at_y >= image.height) return false;
      if (pixel(image, at_x, at_y) != kFaintInk) return false;
    }
    return true;
  };
  Frame frame{-1, -1, -1, -1};
  for (int x = 0; x < image.width; ++x) {
    if (is_line(x, image.height / 2, 0, 1)) (frame.left < 0 ? frame.left : frame.right) = x;
  }
  for (int y = 0; y < image.height; ++y) {
    if (is_line(image.width / 2, y, 1, 0)) (frame.top < 0 ? frame.top : frame.bottom) = y;
  }
  ++frame.left, ++frame.top;
  return frame;
}

TEST(DecisionBoundary, ColoursRegionsWhereTheyBelong) {
  const Names names = {"below", "above"};
  const Image image =
      draw_decision_boundary(upper_right(40, 60), 40, 60, kView, {}, names, "Quarter");
  const Frame frame = find_frame(image);
  const int width = frame.right - frame.left, height = frame.bottom - frame.top;
  EXPECT_EQ(width, 640);
  EXPECT_EQ(height, 320) << "4 : 1 would be 160, too flat to read";
  const auto at = [&](double x, double y) {
    return pixel(image, frame.left + static_cast<int>(x * width),
                 frame.top + static_cast<int>(y * height));
  };
  const Rgb sure_0 = mix(kPaper, kBlue, 0.5), sure_1 = mix(kPaper, kVermilion, 0.5);
  EXPECT_EQ(at(0.75, 0.25), sure_1);
  EXPECT_EQ(at(0.25, 0.25), sure_0);
  EXPECT_EQ(at(0.25, 0.75), sure_0);
  EXPECT_EQ(at(0.75, 0.75), sure_0);
  // A quarter of the plot is class 1, but for the pale seam of a grid cell's width beside it.
  EXPECT_NEAR(count_of(image, sure_1) / (0.25 * width * height), 1, 0.12);
  EXPECT_GT(count_of(image, kInk), 2 * (width / 2 + height / 2)) << "the boundary is drawn";
}

TEST(DecisionBoundary, IsPalerWhereTheNetworkIsLessSure) {
  const std::vector<double> unsure(12, 0.4), sure(12, 0.01);
  const Names names = {"a", "b"};
  const auto middle = [&](const std::vector<double>& p) {
    const Image image = draw_decision_boundary(p, 3, 4, kView, {}, names, "");
    const Frame frame = find_frame(image);
    return pixel(image, (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2);
  };
  EXPECT_EQ(middle(unsure), mix(kPaper, kBlue, 0.12 + 0.38 * 0.2));
  EXPECT_LT(brightness(middle(sure)), brightness(middle(unsure)));
}

TEST(DecisionBoundary, TakesOneOrTwoColumnsForTwoClasses) {
  const std::vector<double> one = upper_right(7, 9);
  std::vector<double> two;
  for (const double p : one) {
    two.push_back(1 - p);
    two.push_back(p);
  }
  const Names names = {"a", "b"};
  EXPECT_EQ(draw_decision_boundary(one, 7, 9, kView, {}, names, "t"),
            draw_decision_boundary(two, 7, 9, kView, {}, names, "t"));
}

TEST(DecisionBoundary, PutsPointsWhereTheyAreAndLeavesOutOthers) {
  const std::vector<double> p = {0.2, 0.3, 0.5};  // one cell, three classes: all of it is class 2
  const Names names = {"a", "b", "c"};
  const PlanePoint points[] = {{-1, 0.75, 0}, {1, 0.25, 1}, {2.05, 0.5, 0}, {0, -0.02, 1}};
  const Image image = draw_decision_boundary(p, 1, 1, kView, points, names, "");
  const Frame frame = find_frame(image);
  const int width = frame.right - frame.left, height = frame.bottom - frame.top;
  EXPECT_EQ(pixel(image, frame.left + width / 4, frame.top + height / 4), kBlue);
  EXPECT_EQ(pixel(image, frame.left + width * 3 / 4, frame.top + height * 3 / 4), kVermilion);
  EXPECT_GT(brightness(pixel(image, frame.left + width / 4 + 4, frame.top + height / 4)), 0.8)
      << "a pale outline";
  const Image bare = draw_decision_boundary(p, 1, 1, kView, std::span(points).first(2), names, "");
  EXPECT_EQ(image, bare) << "points just outside the view are not drawn";
}

TEST(DecisionBoundary, LabelsAxesAndClasses) {
  const std::vector<double> p = {1, 0, 0};
  const Image image =
      draw_decision_boundary(p, 1, 1, kView, {}, Names{"red", "green", "blue"}, "RGB");
  EXPECT_TRUE(find_text(image, "RGB", kInk, 3));
  for (const char* text : {"red", "green", "blue", "-2", "-1", "1", "2", "0.4"}) {
    EXPECT_TRUE(find_text(image, text, kFaintInk)) << text;
  }
  EXPECT_GT(count_of(image, kGreen), 50) << "the legend's third disc";
}

TEST(DecisionBoundary, RefusesWhatItCannotDraw) {
  const Names names = {"a", "b"};
  const std::vector<double> p(6, 0.5), too_much = {1.5}, with_nan = {std::nan("")};
  const PlaneView flat = {.x_min = 0, .x_max = 0, .y_min = 0, .y_max = 1};
  const PlanePoint point = {0, 0.5, 2};
  EXPECT_THROW(draw_decision_boundary(p, 2, 2, kView, {}, names, ""), Error);
  EXPECT_THROW(draw_decision_boundary(p, 2, 3, flat, {}, names, ""), Error);
  EXPECT_THROW(draw_decision_boundary(p, 2, 3, kView, {&point, 1}, names, ""), Error);
  EXPECT_THROW(draw_decision_boundary(p, 2, 3, kView, {}, Names{"a"}, ""), Error);
  EXPECT_THROW(draw_decision_boundary(too_much, 1, 1, kView, {}, names, ""), Error);
  EXPECT_THROW(draw_decision_boundary(with_nan, 1, 1, kView, {}, names, ""), Error);
  EXPECT_THROW(plane_grid(kView, 0, 3), Error);
}

}  // namespace
}  // namespace nn
