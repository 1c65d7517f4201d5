// Pictures bent a little: the same digit, and yet an example that was not there before.
//
// A displacement field says for each pixel of the new picture where in the old one to look; shift,
// rotation and elastic bending are added up in one field, and the picture is sampled once, since
// each sampling blurs it.
//
//   y[r,c] = x at (r + down[r,c], c + right[r,c]), mixed from the four pixels around that point
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// In pixels, both (H,W).
struct DisplacementField {
  Matrix down;
  Matrix right;
};

// Nothing moves. H or W < 1: nn::Error.
DisplacementField make_field(int H, int W);

// Moves the picture `down` rows down and `right` columns to the right (looks for each pixel that
// much further up and left).
void add_shift(DisplacementField& field, float down, float right);

// Turns the picture counterclockwise, as one sees it, by `degrees` around its middle, which is
// ((H - 1) / 2, (W - 1) / 2).
void add_rotation(DisplacementField& field, float degrees);

// The picture at the point (row, col), which need not be a pixel: bilinear, that is each of the
// four pixels around it weighs as much as the point is near it, and 0 (paper) beyond the edge. Not
// finite: 0.
float sample(ConstMatrixView x, float row, float col);

// y (H,W), overwritten, from x (H,W). Shapes that do not agree, or y in the memory of x: nn::Error.
void warp(MatrixView y, ConstMatrixView x, const DisplacementField& field);

}  // namespace nn::cpu
