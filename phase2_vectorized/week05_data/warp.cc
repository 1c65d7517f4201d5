#include "phase2_vectorized/week05_data/warp.h"

#include <cmath>
#include <numbers>

namespace nn::cpu {
namespace {

void check_field(const DisplacementField& field) {
  NN_CHECK(field.down.rows() >= 1 && field.down.cols() >= 1 &&
               field.down.rows() == field.right.rows() && field.down.cols() == field.right.cols(),
           "a field with ", shape_text(field.down), " displacements down and ",
           shape_text(field.right), " to the right; both are as the picture");
}

}  // namespace

DisplacementField make_field(int H, int W) {
  NN_CHECK(H >= 1 && W >= 1, "a field of ", H, " x ", W, " pixels; both are 1 or more");
  return {Matrix(H, W), Matrix(H, W)};
}

void add_shift(DisplacementField& field, float down, float right) {
  check_field(field);
  for (float& value : field.down.values()) value -= down;
  for (float& value : field.right.values()) value -= right;
}

void add_rotation(DisplacementField& field, float degrees) {
  check_field(field);
  const MatrixView down = field.down, right = field.right;
  // >>> about 11 lines. README.md, "Shift and rotation".
  const float angle = degrees * std::numbers::pi_v<float> / 180;
  const float cosine = std::cos(angle), sine = std::sin(angle);
  const float middle_row = static_cast<float>(down.rows - 1) / 2;
  const float middle_col = static_cast<float>(down.cols - 1) / 2;
  for (int r = 0; r < down.rows; ++r) {
    for (int c = 0; c < down.cols; ++c) {
      const float row = static_cast<float>(r) - middle_row,
                  col = static_cast<float>(c) - middle_col;
      down(r, c) += cosine * row + sine * col - row;
      right(r, c) += cosine * col - sine * row - col;
    }
  }
  // <<< NN_TODO("add_rotation");
}

float sample(ConstMatrixView x, float row, float col) {
  // Beyond these, all four pixels are outside; so is a NaN, which no comparison holds for.
  const bool near =
      row > -1 && row < static_cast<float>(x.rows) && col > -1 && col < static_cast<float>(x.cols);
  if (!near) return 0;
  float value = 0;
  // >>> about 11 lines. README.md, "Between the pixels".
  const float top = std::floor(row), left = std::floor(col);
  const float down = row - top, right = col - left;  // [0, 1)
  const auto pixel = [&](int r, int c) {
    return r >= 0 && r < x.rows && c >= 0 && c < x.cols ? x(r, c) : 0.0F;
  };
  const int r = static_cast<int>(top), c = static_cast<int>(left);
  value = (1 - down) * ((1 - right) * pixel(r, c) + right * pixel(r, c + 1)) +
          down * ((1 - right) * pixel(r + 1, c) + right * pixel(r + 1, c + 1));
  // <<< NN_TODO("sample");
  return value;
}

void warp(MatrixView y, ConstMatrixView x, const DisplacementField& field) {
  check_field(field);
  NN_CHECK(y.rows == x.rows && y.cols == x.cols && field.down.rows() == x.rows &&
               field.down.cols() == x.cols,
           "a picture ", shape_text(x), " cannot be bent by a field ", shape_text(field.down),
           " into one ", shape_text(y));
  NN_CHECK(!overlap(y, x),
           "the bent picture lies in the memory of the old one, which is still being read");
  const ConstMatrixView down = field.down, right = field.right;
  // >>> about 5 lines. README.md, "Between the pixels".
  for (int r = 0; r < y.rows; ++r) {
    for (int c = 0; c < y.cols; ++c) {
      y(r, c) = sample(x, static_cast<float>(r) + down(r, c), static_cast<float>(c) + right(r, c));
    }
  }
  // <<< NN_TODO("warp");
}

}  // namespace nn::cpu
