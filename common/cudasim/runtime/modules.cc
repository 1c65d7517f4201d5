// Where the program's variables lie. See modules.h.
#include "modules.h"

#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>

namespace cudasim {
namespace {

const char* loaded_at(const dl_phdr_info* info, int segment) {
  return reinterpret_cast<const char*>(info->dlpi_addr + info->dlpi_phdr[segment].p_vaddr);
}

int find_own_image(dl_phdr_info* info, std::size_t, void* raw) {
  const auto own = reinterpret_cast<const char*>(&find_own_image);
  Range image;
  bool is_ours = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    const char* begin = loaded_at(info, i);
    const char* end = begin + info->dlpi_phdr[i].p_memsz;
    is_ours = is_ours || (own >= begin && own < end);
    image.begin = image.begin == nullptr ? begin : std::min(image.begin, begin);
    image.end = std::max(image.end, end);
  }
  if (is_ours) *static_cast<Range*>(raw) = image;
  return is_ours ? 1 : 0;
}

// Thread-local variables of modules loaded at the start lie right below the thread pointer (System V
// ABI for AMD64, "Thread-Local Storage", variant II); those of modules loaded later lie elsewhere.
constexpr std::ptrdiff_t kMostStatic = std::ptrdiff_t{64} << 20;
int find_first_variable(dl_phdr_info* info, std::size_t, void* raw) {
  auto* range = static_cast<Range*>(raw);
  const auto* block = static_cast<const char*>(info->dlpi_tls_data);
  if (block != nullptr && block < range->end && range->end - block < kMostStatic) {
    range->begin = std::min(range->begin, block);
  }
  return 0;
}

struct DataQuery {
  const char *begin, *end;
  bool found;
};
int find_data(dl_phdr_info* info, std::size_t, void* raw) {
  auto* query = static_cast<DataQuery*>(raw);
  for (int i = 0; i < info->dlpi_phnum && !query->found; ++i) {
    const char* begin = loaded_at(info, i);
    query->found = info->dlpi_phdr[i].p_type == PT_LOAD && query->begin >= begin &&
                   query->end <= begin + info->dlpi_phdr[i].p_memsz;
  }
  return query->found ? 1 : 0;
}

}  // namespace

const Range& program_image() {
  static const Range image = [] {
    Range found;
    dl_iterate_phdr(find_own_image, &found);
    return found;
  }();
  return image;
}

Range thread_variables() {
  const auto* end = static_cast<const char*>(__builtin_thread_pointer());
  Range range{end, end};
  dl_iterate_phdr(find_first_variable, &range);
  return range;
}

bool is_program_data(const void* address, std::size_t bytes) {
  const auto* begin = static_cast<const char*>(address);
  DataQuery query{begin, begin + bytes, false};
  dl_iterate_phdr(find_data, &query);
  return query.found;
}

bool is_mapped(const void* address) {
  const auto page = reinterpret_cast<std::uintptr_t>(address) & ~std::uintptr_t{4095};
  return msync(reinterpret_cast<void*>(page), 1, MS_ASYNC) == 0;
}

}  // namespace cudasim
