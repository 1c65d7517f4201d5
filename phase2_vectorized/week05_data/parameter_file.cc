#include "phase2_vectorized/week05_data/parameter_file.h"

#include <algorithm>
#include <cstring>

#include "common/check.h"

namespace nn::cpu {

Shape file_shape(const Parameter& parameter) {
  if (parameter.name.ends_with("bias")) return {parameter.value.cols()};
  return {parameter.value.rows(), parameter.value.cols()};
}

NamedArrays to_arrays(std::span<const Parameter> parameters) {
  NamedArrays arrays;
  // >>> about 3 lines. README.md, "Parameters in a file".
  for (const Parameter& parameter : parameters) {
    arrays[parameter.name] = to_array(parameter.value.values(), file_shape(parameter));
  }
  // <<< NN_TODO("to_arrays");
  return arrays;
}

void from_arrays(std::span<Parameter> parameters, const NamedArrays& arrays,
                 const std::string& file) {
  // >>> about 20 lines. README.md, "Parameters in a file".
  // All is looked at before anything is changed: half a model would be worse than none.
  for (const Parameter& parameter : parameters) {
    const auto found = arrays.find(parameter.name);
    if (found == arrays.end()) throw Error(detail::cat(file, ": has no array ", parameter.name));
    const NpyArray& array = found->second;
    const Shape want = file_shape(parameter);
    if (array.dtype != Dtype::f4 || array.shape != want) {
      throw Error(detail::cat(file, ": ", parameter.name, " is ", name(array.dtype), " of shape ",
                              to_string(array.shape), "; this network needs <f4 of shape ",
                              to_string(want)));
    }
  }
  for (const auto& [key, array] : arrays) {
    const std::string& name = key;
    const bool known = std::ranges::any_of(
        parameters, [&](const Parameter& parameter) { return parameter.name == name; });
    if (!known) throw Error(detail::cat(file, ": has an array ", name, ", which is no parameter"));
  }
  for (Parameter& parameter : parameters) {
    const NpyArray& array = arrays.at(parameter.name);
    std::memcpy(parameter.value.data(), array.bytes.data(), array.bytes.size());
  }
  // <<< NN_TODO("from_arrays");
}

}  // namespace nn::cpu
