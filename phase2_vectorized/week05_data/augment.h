// How training pictures are changed, drawn anew for each epoch and each example.
//
// What becomes of an example is a function of (seed, epoch, example): it does not depend on the
// batch that it is in, on the order of the epoch, or on the thread that does it.
#pragma once

#include <cstdint>
#include <string>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// All 0: nothing is changed.
struct Augmentation {
  float shift_pixels = 0;    // up to so many pixels in each direction, uniform; [0, 64]
  float rotate_degrees = 0;  // up to so far to either side, uniform; [0, 180]
  float elastic_alpha = 0;   // how far pixels go: [Simard03] has 34; [0, 1000]
  float elastic_sigma = 4;   // how smoothly; [2^-10, 64]

  bool any() const { return shift_pixels > 0 || rotate_degrees > 0 || elastic_alpha > 0; }
};

// nn::Error that names what is outside its range.
void check_augmentation(const Augmentation& how);

// y (H,W), overwritten: the picture x (H,W), example `example` of its set, as epoch `epoch` has it.
// y apart from x. Shapes that do not agree: nn::Error.
void augment(MatrixView y, ConstMatrixView x, const Augmentation& how, std::uint64_t seed,
             int epoch, int example);

}  // namespace nn::cpu
