// Pictures made smaller or larger.
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// y (H,W), overwritten: each pixel is the mean of the part of x that it covers, pixels of x being
// little squares of one brightness. Shrinking so averages, and forgets nothing; enlarging by a
// whole factor repeats pixels. Each mean is as bright as x, so a constant picture stays as it is.
// y lies apart from x. One of them empty: nn::Error.
void resize_area(MatrixView y, ConstMatrixView x);

}  // namespace nn::cpu
