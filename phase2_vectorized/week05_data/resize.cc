#include "phase2_vectorized/week05_data/resize.h"

#include <algorithm>
#include <cmath>

namespace nn::cpu {
namespace {

// How much of pixel i, which reaches from i to i + 1, lies in [begin, end).
double covered(int i, double begin, double end) {
  return std::min(i + 1.0, end) - std::max<double>(i, begin);
}

}  // namespace

void resize_area(MatrixView y, ConstMatrixView x) {
  NN_CHECK(x.rows >= 1 && x.cols >= 1 && y.rows >= 1 && y.cols >= 1, "a picture ", shape_text(x),
           " cannot be scaled to ", shape_text(y));
  const double height = static_cast<double>(x.rows) / y.rows;  // of a pixel of y, in pixels of x
  const double width = static_cast<double>(x.cols) / y.cols;
  for (int r = 0; r < y.rows; ++r) {
    // The last end is x.rows itself, though the product may round a little past it.
    const double top = r * height, bottom = r + 1 == y.rows ? x.rows : (r + 1) * height;
    for (int c = 0; c < y.cols; ++c) {
      const double left = c * width, right = c + 1 == y.cols ? x.cols : (c + 1) * width;
      double sum = 0, area = 0;
      for (int xr = static_cast<int>(top); xr < bottom; ++xr) {
        for (int xc = static_cast<int>(left); xc < right; ++xc) {
          const double share = covered(xr, top, bottom) * covered(xc, left, right);
          sum += share * x(xr, xc);
          area += share;
        }
      }
      y(r, c) = static_cast<float>(sum / area);
    }
  }
}

}  // namespace nn::cpu
