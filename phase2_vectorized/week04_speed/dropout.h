// Dropout, inverted: in training each element is set to 0 with probability `rate`, and what is left
// grows by 1 / (1 - rate), so that the expected value stays what it was. In use nothing is dropped, and
// nothing is to be scaled.
//   mask[i] = 0 if word_i < floor(rate 2^32), else 1 / (1 - rate)        y = x * mask
// word_i is the i-th next_u32() of rng from where it stands, elements counted row by row: the mask
// depends on (seed, stream, position) alone, so a resumed run drops what the killed one would have.
// Numerics  The share dropped is rate to within 2^-32; the mask's value is rounded twice.
// Source    [Srivastava14]; scaling in training, not in use: [CS231n, "Neural networks 2"].
#pragma once

#include "common/rng.h"
#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// y (B,C) and mask (B,C), overwritten, from x (B,C); y may be x, mask is apart from both. rng advances
// by B C words, with rate 0 too. nn::Error if rate is not in [0, 1), if shapes differ, or if x's
// rows are not of adjacent floats.
void dropout(MatrixView y, MatrixView mask, ConstMatrixView x, float rate, Philox& rng);

// grad_x (B,C) = grad_y (B,C) * mask (B,C), overwritten; grad_x may be grad_y. Errors as above.
void dropout_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView mask);

}  // namespace nn::cpu
