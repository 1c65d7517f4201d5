// Parameters as named arrays, as a safetensors file has them (common/safetensors.h), and back.
//
//   layers.0.w (784,128)   layers.0.bias (128)   layers.2.w (128,10)   layers.2.bias (10)
//
// The layout is the library's of every phase: F32, row-major, a bias with one extent.
#pragma once

#include <map>
#include <span>
#include <string>

#include "common/npy.h"
#include "phase2_vectorized/week04_speed/parameter.h"

namespace nn::cpu {

using NamedArrays = std::map<std::string, NpyArray>;

// The shape that a file gives a parameter: (rows, cols), but (cols) where the name ends in "bias".
Shape file_shape(const Parameter& parameter);

// Every value under its name, of file_shape, bit for bit.
NamedArrays to_arrays(std::span<const Parameter> parameters);

// Every value from its array, bit for bit. Nothing is changed, and nn::Error begins with `file` and names
// the array, if one is missing, is not F32 (Dtype::f4), has another shape than file_shape, or if there is one
// that is no parameter's.
void from_arrays(std::span<Parameter> parameters, const NamedArrays& arrays,
                 const std::string& file);

}  // namespace nn::cpu
