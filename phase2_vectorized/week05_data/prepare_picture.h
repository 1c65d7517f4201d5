// A picture of one's own, made to look like MNIST's: what a network has not seen in training it
// cannot be asked about.
//
//   any size, ink dark or bright  ->  ink 1 on paper 0  ->  the box around the ink, scaled to fit
//   20 x 20  ->  28 x 28, the ink's centre of mass in pixel (14, 14)
//
// Source   [LeCunMNIST] says that its digits were made so.
#pragma once

#include <string>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

inline constexpr int kDigitSide = 28;  // pixels, of MNIST's pictures
inline constexpr int kDigitBox = 20;   // that the ink is scaled to fit

// A rectangle of pixels.
struct Box {
  int top = 0, left = 0, height = 0, width = 0;

  bool operator==(const Box&) const = default;
};

// ink (H,W), overwritten, 0 paper .. 1 the most inked pixel, from grey (H,W), 0 black .. 1 white.
// The paper is the median of the outermost pixels (of an even number the upper middle); ink is what
// is darker than it where the paper is light (0.5 or more), else what is brighter. What differs by
// no more than four times the median distance of the outermost pixels from the paper is the paper's
// own grain, and becomes 0. nn::Error where less than 1/16 of the range from black to white is
// between the paper and the most inked pixel: an empty picture.
void extract_ink(MatrixView ink, ConstMatrixView grey);

// The smallest box around what is above 0. There is none: nn::Error.
Box ink_box(ConstMatrixView ink);

// digit (28,28), overwritten: the box scaled by one factor for both directions, so that its longer
// side is 20 (the shorter rounded, at least 1), and set so that its centre of mass lies in pixel
// (14, 14), as MNIST's digits have it. What would come to lie outside is kept inside by moving it
// back. The most inked pixel is 1: thin lines, which fade when they are scaled down, are as black
// as others. nn::Error for a digit of another shape, a box that is not within the picture, or one
// without ink.
void center_digit(MatrixView digit, ConstMatrixView ink, const Box& box);

// All three: digit (28,28) from grey (H,W).
void prepare_picture(MatrixView digit, ConstMatrixView grey);

// The picture for a terminal, "\n" after each row, two characters a pixel: spaces for paper, then
// ░░ ▒▒ ▓▓ and ██, a step for each fifth of the range 0 .. 1.
std::string picture_text(ConstMatrixView digit);

}  // namespace nn::cpu
