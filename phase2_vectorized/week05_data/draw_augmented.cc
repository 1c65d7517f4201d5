// Draws augmented.png, the picture of README.md, with the course's own functions:
//   draw_augmented phase2_vectorized/week05_data/augmented.png
#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "common/font.h"
#include "common/image.h"
#include "phase2_vectorized/week05_data/augment.h"
#include "phase2_vectorized/week05_data/dataset.h"

namespace nn::cpu {
namespace {

constexpr int kZoom = 3;  // pixels of the image to a pixel of a digit
constexpr int kGap = 8;
constexpr int kMargin = 16;
constexpr int kTextScale = 2;

struct Row {
  std::string caption;
  Augmentation how;
};

// The picture (28,28) with its top left corner at (x, y), dark ink on white paper.
void draw_digit(Image& image, int x, int y, const Matrix& digit) {
  for (int r = 0; r < digit.rows(); ++r) {
    for (int c = 0; c < digit.cols(); ++c) {
      fill_rectangle(image, x + c * kZoom, y + r * kZoom, kZoom, kZoom,
                     mix(kPaper, kInk, digit(r, c)));
    }
  }
  const int side = kZoom * digit.rows();
  draw_frame(image, x - 1, y - 1, side + 2, side + 2, kRule);
}

Image draw() {
  const Dataset digits = load_dataset("tiny").train;
  std::vector<int> first;  // of each digit
  for (int label = 0; label < digits.classes(); ++label) {
    first.push_back(
        static_cast<int>(std::ranges::find(digits.labels, label) - digits.labels.begin()));
  }
  const std::vector<Row> rows{
      {"as they are", {}},
      {"shifted by up to 2 pixels", {.shift_pixels = 2}},
      {"turned by up to 15 degrees", {.rotate_degrees = 15}},
      {"bent: alpha 34, sigma 4", {.elastic_alpha = 34, .elastic_sigma = 4}},
      {"all three, epoch 0", {.shift_pixels = 2, .rotate_degrees = 15, .elastic_alpha = 34}},
      {"all three, epoch 1", {.shift_pixels = 2, .rotate_degrees = 15, .elastic_alpha = 34}}};
  const int side = 28 * kZoom, text_height = kGlyphHeight * kTextScale;
  const int row_height = text_height + 6 + side + 2 * kGap;
  const int columns = static_cast<int>(first.size());
  Image image = make_image(2 * kMargin + columns * (side + kGap) - kGap,
                           2 * kMargin + static_cast<int>(rows.size()) * row_height - 2 * kGap);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const int y = kMargin + static_cast<int>(i) * row_height;
    draw_text(image, kMargin, y, rows[i].caption, kTextScale, kInk);
    for (int column = 0; column < columns; ++column) {
      const int example = first[static_cast<std::size_t>(column)];
      const ConstMatrixView digit{digits.x.data() + example * digits.features(), 28, 28, 28, 1};
      Matrix changed(28, 28);
      augment(changed, digit, rows[i].how, 1, i + 1 == rows.size() ? 1 : 0, example);
      draw_digit(image, kMargin + column * (side + kGap), y + text_height + 6, changed);
    }
  }
  return image;
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "draw_augmented: give the file to write, and nothing else\n");
    return 2;
  }
  try {
    nn::write_png(argv[1], nn::cpu::draw());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "draw_augmented: %s\n", error.what());
    return 1;
  }
}
