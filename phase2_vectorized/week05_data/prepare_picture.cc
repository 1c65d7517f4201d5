#include "phase2_vectorized/week05_data/prepare_picture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "phase2_vectorized/week05_data/resize.h"

namespace nn::cpu {
namespace {

constexpr float kLeastContrast = 1.0F / 16;

// The outermost pixels, each once.
std::vector<float> rim(ConstMatrixView x) {
  std::vector<float> values;
  for (int r = 0; r < x.rows; ++r) {
    const bool all = r == 0 || r == x.rows - 1;
    const int step = all ? 1 : std::max(x.cols - 1, 1);
    for (int c = 0; c < x.cols; c += step) values.push_back(x(r, c));
  }
  return values;
}

// Of an even number, the upper of the two in the middle.
float median(std::vector<float> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

void check_grey(ConstMatrixView grey) {
  NN_CHECK(grey.rows >= 1 && grey.cols >= 1, "a picture ", shape_text(grey), " without a pixel");
  for (int r = 0; r < grey.rows; ++r) {
    for (int c = 0; c < grey.cols; ++c) {
      NN_CHECK(grey(r, c) >= 0 && grey(r, c) <= 1, "brightness ", grey(r, c), " at row ", r,
               ", column ", c, "; it lies in 0 (black) to 1 (white)");
    }
  }
}

// Says why no ink was found: there is none, or the paper differs as much as the ink does.
[[noreturn]] void refuse_without_ink(ConstMatrixView grey) {
  float darkest = 1, brightest = 0;
  for (int r = 0; r < grey.rows; ++r) {
    for (int c = 0; c < grey.cols; ++c) {
      darkest = std::min(darkest, grey(r, c));
      brightest = std::max(brightest, grey(r, c));
    }
  }
  if (brightest - darkest < kLeastContrast) {
    throw Error("an empty picture: all of it is about as bright as its rim");
  }
  throw Error(
      "nothing in it stands out clearly from the paper around it; what helps: even light without "
      "shadows, darker ink, and a picture cropped closer to what is drawn");
}

}  // namespace

void extract_ink(MatrixView ink, ConstMatrixView grey) {
  check_grey(grey);
  NN_CHECK(ink.rows == grey.rows && ink.cols == grey.cols, "the ink of a picture ",
           shape_text(grey), " does not fill ", shape_text(ink));
  float most = 0;
  // >>> about 12 lines. README.md, "Ink and paper".
  const std::vector<float> outermost = rim(grey);
  const float paper = median(outermost);
  std::vector<float> distances;
  for (const float value : outermost) distances.push_back(std::abs(value - paper));
  const float grain = 4 * median(distances);
  for (int r = 0; r < ink.rows; ++r) {
    for (int c = 0; c < ink.cols; ++c) {
      const float difference = paper >= 0.5F ? paper - grey(r, c) : grey(r, c) - paper;
      ink(r, c) = difference > grain ? difference : 0;
      most = std::max(most, ink(r, c));
    }
  }
  // <<< NN_TODO("extract_ink");
  if (!(most >= kLeastContrast)) {
    refuse_without_ink(grey);
  }
  // >>> about 3 lines. README.md, "Ink and paper".
  for (int r = 0; r < ink.rows; ++r) {
    for (int c = 0; c < ink.cols; ++c) ink(r, c) /= most;
  }
  // <<< NN_TODO("the scaling in extract_ink");
}

Box ink_box(ConstMatrixView ink) {
  int top = ink.rows, bottom = -1, left = ink.cols, right = -1;  // the first and the last with ink
  // >>> about 9 lines. README.md, "Twenty by twenty".
  for (int r = 0; r < ink.rows; ++r) {
    for (int c = 0; c < ink.cols; ++c) {
      if (!(ink(r, c) > 0)) continue;
      top = std::min(top, r);
      bottom = std::max(bottom, r);
      left = std::min(left, c);
      right = std::max(right, c);
    }
  }
  // <<< NN_TODO("ink_box");
  NN_CHECK(bottom >= 0, "a picture ", shape_text(ink), " without ink");
  return {top, left, bottom - top + 1, right - left + 1};
}

void center_digit(MatrixView digit, ConstMatrixView ink, const Box& box) {
  NN_CHECK(digit.rows == kDigitSide && digit.cols == kDigitSide,
           "a prepared picture is (28, 28), not ", shape_text(digit));
  NN_CHECK(box.height >= 1 && box.width >= 1 && box.top >= 0 && box.left >= 0 &&
               box.height <= ink.rows - box.top && box.width <= ink.cols - box.left,
           "a box of ", box.height, " x ", box.width, " at row ", box.top, ", column ", box.left,
           " in a picture ", shape_text(ink));
  int height = kDigitBox, width = kDigitBox;
  // >>> about 3 lines. README.md, "Twenty by twenty".
  const double scale = static_cast<double>(kDigitBox) / std::max(box.height, box.width);
  height = std::max(1, static_cast<int>(std::lround(scale * box.height)));
  width = std::max(1, static_cast<int>(std::lround(scale * box.width)));
  // <<< NN_TODO("the scaled extents in center_digit");
  Matrix scaled(height, width);
  resize_area(scaled, ink.block(box.top, box.left, box.height, box.width));
  const float most = std::ranges::max(scaled.values());
  NN_CHECK(most > 0, "a box without ink");
  double row = 0, col = 0, mass = 0;  // of the centre, in pixels from the box's corner; in all
  // >>> about 8 lines. README.md, "The middle is where the mass is".
  for (int r = 0; r < height; ++r) {
    for (int c = 0; c < width; ++c) {
      const double value = scaled(r, c);
      row += value * (r + 0.5);
      col += value * (c + 0.5);
      mass += value;
    }
  }
  row /= mass;
  col /= mass;
  // <<< NN_TODO("the centre of mass in center_digit");
  constexpr int kMiddle = kDigitSide / 2;
  const int top = std::clamp(kMiddle - static_cast<int>(row), 0, kDigitSide - height);
  const int left = std::clamp(kMiddle - static_cast<int>(col), 0, kDigitSide - width);
  for (int r = 0; r < kDigitSide; ++r) {
    for (int c = 0; c < kDigitSide; ++c) {
      const bool inside = r >= top && r < top + height && c >= left && c < left + width;
      digit(r, c) = inside ? scaled(r - top, c - left) / most : 0;
    }
  }
}

void prepare_picture(MatrixView digit, ConstMatrixView grey) {
  Matrix ink(grey.rows, grey.cols);
  extract_ink(ink, grey);
  center_digit(digit, ink, ink_box(ink));
}

std::string picture_text(ConstMatrixView digit) {
  static constexpr const char* kBlocks[] = {"  ", "░░", "▒▒", "▓▓", "██"};
  std::string text;
  for (int r = 0; r < digit.rows; ++r) {
    for (int c = 0; c < digit.cols; ++c) {
      const float value = digit(r, c);
      text += kBlocks[value >= 0.8F   ? 4
                      : value >= 0.6F ? 3
                      : value >= 0.4F ? 2
                      : value >= 0.2F ? 1
                                      : 0];
    }
    text += '\n';
  }
  return text;
}

}  // namespace nn::cpu
