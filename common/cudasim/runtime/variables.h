// Variables of the device, __device__ and __constant__, as a program with checks announces them.
#pragma once
#include <cstddef>

namespace cudasim {

struct DeviceVariable {
  const char* base;
  std::size_t bytes;
  const char* name;
  bool constant;
};

// The variable the address lies in, or null.
const DeviceVariable* variable_at(const char* address);
// Whether it lies in a gap between variables, and the variable nearest to it.
bool in_gap(const char* address);
const DeviceVariable* nearest_variable(const char* address);

}  // namespace cudasim
