// Where learning starts: random weights, of the size that neither fades nor explodes on the way
// through the layers. Biases start at zero and need no function.
#pragma once

#include "common/rng.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// (C,OC) uniform in [-a, a), a = sqrt(6 / (C + OC)), so the variance is 2 / (C + OC): for tanh and
// sigmoid. Drawn row by row, one rng.uniform() an element.
// Source [Glorot10 eq. 16]. Throws nn::Error if an extent is below 1.
Matrix xavier_uniform(int C, int OC, Philox& rng);

// (C,OC) normal with mean 0 and variance 2 / C: for ReLU, which drops half of what arrives.
// Drawn row by row, one rng.normal() an element.
// Source [He15 eq. 10]. Throws nn::Error if an extent is below 1.
Matrix he_normal(int C, int OC, Philox& rng);

}  // namespace nn::basic
