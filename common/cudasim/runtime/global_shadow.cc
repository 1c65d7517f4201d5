// The shadow of device memory. See global_shadow.h.
#include "global_shadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>

#include "global_races.h"

namespace cudasim {

__thread DeviceShadow device_shadow;
unsigned char* global_shadow = nullptr;
Peak device_use, shared_use, shadow_use;

namespace {

constexpr unsigned kWritable = 0x0f, kReadable = 0xf0, kBoth = 0xff;
constexpr std::size_t kPage = 4096;

// Calls body(shadow byte, bits) for each byte of shadow that stands for part of the memory, in order;
// the bits are the bytes meant, of four. Stops, and returns false, once body does.
template <class F>
bool each_quad(const char* address, std::size_t bytes, F body) {
  std::size_t offset = static_cast<std::size_t>(address - device_range);
  const std::size_t end = offset + bytes;
  while (offset < end) {
    const std::size_t from = offset % 4, count = std::min(4 - from, end - offset);
    if (!body(global_shadow[offset / 4], ((1u << count) - 1) << from)) return false;
    offset += count;
  }
  return true;
}

void raise(unsigned char& quad, unsigned bits) {
  if ((quad & bits) != bits) {
    std::atomic_ref<unsigned char>(quad).fetch_or(static_cast<unsigned char>(bits),
                                                  std::memory_order_relaxed);
  }
}

// What an allocation costs in shadow: with races in global memory, 16 bytes more for each four.
std::ptrdiff_t shadow_bytes(std::size_t bytes) {
  const std::size_t quads = (bytes + 3) / 4;
  return static_cast<std::ptrdiff_t>(checks_global_races() ? 17 * quads : quads);
}

void set_shadow(const char* base, std::size_t bytes, unsigned state) {
  const std::size_t offset = static_cast<std::size_t>(base - device_range);
  std::memset(global_shadow + offset / 4, static_cast<int>(state), bytes / 4);
  if (bytes % 4 != 0) {
    const unsigned bits = (1u << bytes % 4) - 1;
    global_shadow[(offset + bytes) / 4] = static_cast<unsigned char>(state & bits * 17);
  }
}

}  // namespace

bool reserve_global_shadow() {
  // Readable, and all zero: a pointer may lead anywhere. A part is writable once an allocation lies
  // there, so that a limit on writable memory (ulimit -d) counts what is used.
  void* memory = mmap(nullptr, kDeviceRange / 4, PROT_READ,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::fprintf(stderr,
                 "cudasim: no address space for the checks (1 TiB is reserved, little of it used); "
                 "is there a limit, as of ulimit -v?\n");
    return false;
  }
  global_shadow = static_cast<unsigned char*>(memory);
  return !checks_global_races() || reserve_race_shadow();
}

void enter_device_shadow() {
  if (global_shadow == nullptr || checks_global_races()) return;
  device_shadow = {reinterpret_cast<std::uintptr_t>(device_range), global_shadow};
}

bool open_shadow(const char* base, std::size_t bytes, bool host_visible) {
  const std::size_t offset = static_cast<std::size_t>(base - device_range);
  const std::size_t first_page = offset / 4 / kPage * kPage;
  if (mprotect(global_shadow + first_page, (offset + bytes) / 4 + 1 - first_page,
               PROT_READ | PROT_WRITE) != 0) {
    return false;
  }
  if (checks_global_races() && !open_race_shadow(base, bytes)) return false;
  set_shadow(base, bytes, host_visible ? kReadable : kWritable);
  device_use.add(static_cast<std::ptrdiff_t>(bytes));
  shadow_use.add(shadow_bytes(bytes));
  return true;
}

void reset_host_visible(const char* base, std::size_t bytes) { set_shadow(base, bytes, kReadable); }

void close_shadow(const char* base, std::size_t bytes) {
  unsigned char* first = global_shadow + (base - device_range) / 4;
  unsigned char* end = first + (bytes + 3) / 4;
  // Whole pages go back to the system and read as zero when they are used again.
  const auto up = [](unsigned char* p) {
    return p + (kPage - reinterpret_cast<std::uintptr_t>(p) % kPage) % kPage;
  };
  unsigned char* first_page = std::min(up(first), end);
  unsigned char* end_page =
      std::max(first_page, end - reinterpret_cast<std::uintptr_t>(end) % kPage);
  std::memset(first, 0, static_cast<std::size_t>(first_page - first));
  if (first_page < end_page) {
    madvise(first_page, static_cast<std::size_t>(end_page - first_page), MADV_DONTNEED);
  }
  std::memset(end_page, 0, static_cast<std::size_t>(end - end_page));
  device_use.add(-static_cast<std::ptrdiff_t>(bytes));
  shadow_use.add(-shadow_bytes(bytes));
}

void mark_shadow_written(const char* address, std::size_t bytes) {
  while (bytes != 0 && (address - device_range) % 4 != 0) {
    raise(global_shadow[(address - device_range) / 4], 0x11u << (address - device_range) % 4);
    ++address;
    --bytes;
  }
  std::memset(global_shadow + (address - device_range) / 4, static_cast<int>(kBoth), bytes / 4);
  each_quad(address + bytes / 4 * 4, bytes % 4, [](unsigned char& quad, unsigned bits) {
    raise(quad, bits * 17);
    return true;
  });
}

bool shadow_accessible(const char* address, std::size_t bytes) {
  return each_quad(address, bytes, [](unsigned char quad, unsigned bits) {
    return ((quad | quad >> 4) & bits) == bits;
  });
}

bool shadow_written_in_part(const char* address, std::size_t bytes) {
  return !each_quad(address, bytes,
                    [](unsigned char quad, unsigned bits) { return (quad >> 4 & bits) == 0; });
}

bool shadow_device_wrote(const char* address, std::size_t bytes) {
  return !each_quad(address, bytes,
                    [](unsigned char quad, unsigned bits) { return (quad & bits) == 0; });
}

}  // namespace cudasim
