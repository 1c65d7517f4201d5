// What the checks ask of a copy out of device memory: that somebody wrote what it takes.
#pragma once
#include <cstddef>

namespace cudasim {

// Rows of device memory that a copy reads.
struct CopiedRows {
  const char* base;
  std::size_t width, height, depth;  // bytes of a row, rows of a slice, slices
  std::size_t pitch, slice;          // bytes from row to row, from slice to slice
};
// A finding if nothing of them was ever written, or, of what the host gets, some elements were not.
// `at`: the call.
void check_copied_rows(const CopiedRows& rows, bool to_host, const void* at);

}  // namespace cudasim
