// The reference's golden arrays as this phase's matrices.
#pragma once

#include <string>

#include "common/golden_matrix.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// common/golden_matrix.h says how arrays of one extent, and of none, become matrices.
inline Matrix golden_matrix(const std::string& name) { return golden_matrix_as<Matrix>(name); }

}  // namespace nn::basic
