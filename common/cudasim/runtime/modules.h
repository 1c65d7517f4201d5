// The program as the dynamic linker loaded it: where its variables lie.
#pragma once
#include <cstddef>

namespace cudasim {

struct Range {
  const char *begin = nullptr, *end = nullptr;
  bool holds(const void* address) const {
    const auto* at = static_cast<const char*>(address);
    return at >= begin && at < end;
  }
};

// The module this runtime is linked into, from its first loaded byte to its last.
const Range& program_image();
// The thread-local variables of the running OS thread, those of all modules loaded at the start.
Range thread_variables();
// Whether the bytes are some loaded program's or library's variables.
bool is_program_data(const void* address, std::size_t bytes);

// Whether there is memory of any kind at the address.
bool is_mapped(const void* address);

}  // namespace cudasim
