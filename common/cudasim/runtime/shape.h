// How reports name an element of a variable of the program's: by the extents it was declared with.
#pragma once
#include <cstddef>
#include <string>

#include "../include/cudasim/shape.h"

namespace cudasim {

// A shared variable that has begun on this OS thread.
void remember_shape(const void* variable, const Shape* shape);

// The element `offset` bytes into the variable at base, accessed by that many bytes: name, name[3],
// name[1][2]. Outside of the variable the first index leaves its extent. Where no shape is known, the
// index counts accesses.
std::string element_name(const std::string& name, const void* base, std::ptrdiff_t offset,
                         std::size_t bytes);

}  // namespace cudasim
