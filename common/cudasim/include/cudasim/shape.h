// What an array's declaration says of its extents, so that reports can name an element as the program
// would: tile[1][2]. Of a single variable the rank is 0.
#pragma once
#include <stddef.h>

#include <type_traits>

namespace cudasim {

struct Shape {
  size_t element;  // bytes
  unsigned rank;
  size_t extents[4];  // outermost first; of more dimensions the first four
};
template <class T>
inline constexpr Shape shape = {
    sizeof(std::remove_all_extents_t<T>),
    std::rank_v<T>,
    {std::extent_v<T, 0>, std::extent_v<T, 1>, std::extent_v<T, 2>, std::extent_v<T, 3>}};

// A variable whose address is the same in every thread; and one at file scope, with one in each.
int register_shape(const void* variable, const Shape* shape);
int register_shape(void* (*address)(), const Shape* shape);

}  // namespace cudasim
