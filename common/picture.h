// Finished pictures of what a network does, as RGB images: write_png(path, draw_...(...)).
//
// They take plain spans, so any phase can draw what it has. A span of the wrong length, an extent
// below 1, a NaN where a number is drawn: nn::Error.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/image.h"

namespace nn {

// A table of L x L cells, true classes down, predicted classes across: right answers on the
// diagonal in blue, mistakes in vermilion, each the darker the larger its share of its row.
// Below `title` stands the accuracy: "9712 of 10000 right (97.12 %)".
Image draw_confusion_matrix(std::span<const std::int64_t> counts,      // (L,L) row true, >= 0
                            std::span<const std::string> class_names,  // (L)
                            const std::string& title);

// What each hidden unit looks for: column oc of w as an image, blue where a bright pixel speaks
// against the unit, white 0, vermilion where it speaks for it; one scale for all, noted below.
Image draw_weight_grid(std::span<const double> w,  // (C,OC), C = image_height * image_width
                       int image_height, int image_width, const std::string& title);

// One wrongly classified example.
struct Mistake {
  std::span<const double> pixels;  // (image_height, image_width), 0 paper .. 1 ink
  int truth = 0;                   // index into class_names
  int predicted = 0;
  double probability = 0;  // [0, 1], what the network gave to `predicted`
};
// The mistakes in the order given, five a row, each with "true 4" and "said 9 (99.8 %)" below.
// None at all is a picture too: it says so.
Image draw_mistakes(std::span<const Mistake> mistakes, int image_height, int image_width,
                    std::span<const std::string> class_names, const std::string& title);

// The part of the plane that a decision boundary is drawn over. x_min < x_max, y_min < y_max.
struct PlaneView {
  double x_min = -1, x_max = 1;
  double y_min = -1, y_max = 1;
};
// The points to ask the network about, (GH * GW, 2) of x, y: the middles of the cells of a grid
// over the view, row by row, the top row (largest y) first. GH, GW: the grid's rows and columns.
std::vector<double> plane_grid(const PlaneView& view, int GH, int GW);

struct PlanePoint {
  double x = 0, y = 0;
  int label = 0;
};
// Regions in the colour of the likeliest class, paler where the network is less sure, with the
// boundary drawn in; the labelled points on top; axes with ticks. Points outside the view are
// not drawn.
Image draw_decision_boundary(std::span<const double> p,  // (GH * GW, L) at plane_grid's points;
                                                         // L = 1: the probability of class 1 of 2
                             int GH, int GW, const PlaneView& view,
                             std::span<const PlanePoint> points,
                             std::span<const std::string> class_names,  // (max(L, 2))
                             const std::string& title);

}  // namespace nn
