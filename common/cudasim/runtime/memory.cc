// The device's memory: allocations. See memory.h.
#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "finding.h"
#include "global_shadow.h"
#include "limits.h"
#include "modules.h"
#include "report.h"
#include "source.h"

namespace cudasim {

const char* device_range = nullptr;

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kAlignment = 256;  // cudaMalloc's, by the programming guide
// New memory holds a pattern, a NaN to floats, up to this size: beyond it the pages would all be
// touched for nothing.
constexpr std::size_t kPoison = std::size_t{64} << 20;

constexpr std::size_t round_up(std::size_t x, std::size_t to) { return (x + to - 1) / to * to; }

struct Heap {
  std::mutex mutex;
  std::map<const char*, Allocation> allocations;  // by address
  char* range = nullptr;
  std::size_t next = 0;           // offset in the range of the next allocation
  std::size_t device_used = 0;    // bytes of device and managed memory
  std::vector<Allocation> freed;  // with checks only
};
Heap& heap_of_device() {
  static auto* instance = new Heap;
  return *instance;
}

// Addresses are not used again before the whole range has been, so a pointer that was freed leads
// nowhere. Null: there is no room, or no range.
char* take_addresses(Heap& h, std::size_t bytes) {
  if (h.range == nullptr) {
    void* range =
        mmap(nullptr, kDeviceRange, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) {
      std::fprintf(
          stderr,
          "cudasim: no address space for the device's memory (4 TiB is reserved, little of "
          "it used); is there a limit, as of ulimit -v?\n");
      return nullptr;
    }
    device_range = static_cast<char*>(range);
    if (checking() && !reserve_global_shadow()) {
      munmap(range, kDeviceRange);
      return nullptr;
    }
    h.range = static_cast<char*>(range);
  }
  bool begun_anew = false;
  for (;;) {
    if (h.next + bytes > kDeviceRange) {
      if (begun_anew) return nullptr;
      begun_anew = true;
      h.next = 0;
    }
    char* first = h.range + h.next;
    // The first allocation in the way, if one is: the range was used once already.
    auto in_way = h.allocations.upper_bound(first);
    if (in_way != h.allocations.begin() &&
        std::prev(in_way)->second.base + std::prev(in_way)->second.bytes > first) {
      --in_way;
    }
    const bool is_free = in_way == h.allocations.end() || in_way->first >= first + bytes;
    if (is_free) {
      h.next += bytes;
      return first;
    }
    const char* end = in_way->second.base + in_way->second.bytes;
    h.next = round_up(static_cast<std::size_t>(end - h.range), kPage) + kPage;
  }
}

cudaError_t allocate(void** pointer, std::size_t bytes, const Allocation& like) {
  if (pointer == nullptr) return cudaErrorInvalidValue;
  *pointer = nullptr;
  if (bytes == 0) return cudaSuccess;
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const bool on_device = like.type != cudaMemoryTypeHost;
  if (bytes > kGlobalMemory || (on_device && h.device_used + bytes > kGlobalMemory)) {
    return cudaErrorMemoryAllocation;
  }
  // The allocation ends where the page after it begins, up to its alignment.
  const std::size_t aligned = round_up(bytes, kAlignment), pages = round_up(aligned, kPage);
  char* first = take_addresses(h, pages + kPage);
  if (first == nullptr || mprotect(first, pages, PROT_READ | PROT_WRITE) != 0) {
    return cudaErrorMemoryAllocation;
  }
  char* base = first + (pages - aligned);
  if (checking() && !open_shadow(base, bytes, like.type != cudaMemoryTypeDevice)) {
    mprotect(first, pages, PROT_NONE);
    return cudaErrorMemoryAllocation;
  }
  if (on_device) {
    h.device_used += bytes;
    std::memset(base, 0xff, std::min(bytes, kPoison));
  }
  Allocation made = like;
  made.base = base;
  made.bytes = bytes;
  h.allocations[base] = made;
  *pointer = base;
  return cudaSuccess;
}

bool release(void* pointer, bool host, bool heap) {
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto found = h.allocations.find(static_cast<char*>(pointer));
  if (found == h.allocations.end() || found->second.registered || found->second.heap != heap ||
      (found->second.type == cudaMemoryTypeHost) != host) {
    return false;
  }
  const Allocation a = found->second;
  h.allocations.erase(found);
  if (checking()) {
    h.freed.push_back(a);
    close_shadow(a.base, a.bytes);
  }
  if (!host) h.device_used -= a.bytes;
  const std::size_t pages = round_up(round_up(a.bytes, kAlignment), kPage);
  char* first = a.base + round_up(a.bytes, kAlignment) - pages;
  // A new mapping in its place gives the memory back at once.
  static_cast<void>(mmap(first, pages, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0));
  return true;
}

}  // namespace

cudaError_t allocate(void** pointer, std::size_t bytes, cudaMemoryType type, unsigned flags) {
  Allocation like;
  like.type = type;
  like.flags = flags;
  if (checking()) like.made_at = program_call_address();
  return allocate(pointer, bytes, like);
}

bool release(void* pointer, bool host) { return release(pointer, host, false); }

void* allocate_in_kernel(std::size_t bytes, const void* made_at) {
  Allocation like;
  like.type = cudaMemoryTypeDevice;
  like.heap = true;
  like.made_at = made_at;
  void* pointer = nullptr;
  return allocate(&pointer, bytes, like) == cudaSuccess ? pointer : nullptr;
}

bool release_in_kernel(void* pointer) { return release(pointer, false, true); }

cudaError_t register_host(void* pointer, std::size_t bytes, unsigned flags) {
  if (find_allocation(pointer).base != nullptr) return cudaErrorHostMemoryAlreadyRegistered;
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  auto* base = static_cast<char*>(pointer);
  h.allocations[base] = {base, bytes, cudaMemoryTypeHost, flags, true, false, nullptr};
  return cudaSuccess;
}

cudaError_t unregister_host(void* pointer) {
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto found = h.allocations.find(static_cast<char*>(pointer));
  if (found == h.allocations.end() || !found->second.registered) {
    return cudaErrorHostMemoryNotRegistered;
  }
  h.allocations.erase(found);
  return cudaSuccess;
}

std::size_t device_memory_used() {
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  return h.device_used;
}

void mark_written(const void* address, std::size_t bytes) {
  if (!checking()) return;
  const Allocation a = find_allocation(address);
  if (a.base == nullptr || a.registered) return;
  const auto* first = static_cast<const char*>(address);
  if (a.type != cudaMemoryTypeDevice) return;
  mark_shadow_written(first, std::min(bytes, static_cast<std::size_t>(a.base + a.bytes - first)));
}

void mark_allocation_written(const void* address) {
  const Allocation a = find_allocation(address);
  if (a.base != nullptr) mark_written(a.base, a.bytes);
}

Neighbour nearest_allocation(const void* address) {
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto* at = static_cast<const char*>(address);
  for (const Allocation& a : h.freed) {
    if (at >= a.base && at < a.base + a.bytes) return {a, true};
  }
  if (!in_device_range(address)) return {};
  const auto above = h.allocations.upper_bound(at);
  if (above != h.allocations.begin()) {
    const Allocation& below = std::prev(above)->second;
    const bool next_is_nearer =
        above != h.allocations.end() && above->first - at < at - (below.base + below.bytes);
    if (!next_is_nearer) return {below, false};
  }
  return above == h.allocations.end() ? Neighbour{} : Neighbour{above->second, false};
}

void report_leaks() {
  struct Leak {
    Allocation first;
    std::size_t count = 0, bytes = 0;
    bool equal = true;
  };
  std::map<std::string, Leak> leaks;  // by place and kind of memory
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  for (const auto& [address, a] : h.allocations) {
    if (a.registered) continue;
    Leak& leak = leaks[where(a.made_at) + (a.heap                         ? " heap"
                                           : a.type == cudaMemoryTypeHost ? " host"
                                                                          : "")];
    if (leak.count++ == 0) leak.first = a;
    leak.bytes += a.bytes;
    leak.equal = leak.equal && a.bytes == leak.first.bytes;
  }
  for (const auto& [key, leak] : leaks) {
    const Allocation& a = leak.first;
    const std::string count = std::to_string(leak.count), bytes = std::to_string(leak.bytes);
    Finding f;
    f.kind = "memory";
    f.severity = "warning";
    f.where = where(a.made_at);
    f.what = "leak: ";
    f.what += leak.count == 1 ? bytes + " bytes were never freed"
              : leak.equal    ? count + " arrays of " + std::to_string(a.bytes) +
                                 " bytes each, allocated here, were never freed"
                           : count + " arrays of " + bytes +
                                 " bytes in all, allocated here, were never freed";
    f.address = array_name(a);
    f.meaning = a.heap                         ? "free gives a kernel's memory back."
                : a.type == cudaMemoryTypeHost ? "cudaFreeHost gives pinned memory back."
                                               : "cudaFree gives device memory back.";
    add_finding(std::move(f));
  }
}

Allocation find_allocation(const void* address) {
  Heap& h = heap_of_device();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto* at = static_cast<const char*>(address);
  auto found = h.allocations.upper_bound(at);
  if (found == h.allocations.begin()) return {};
  --found;
  return at < found->second.base + found->second.bytes ? found->second : Allocation{};
}

void release_all() {
  std::vector<char*> device_memory;
  {
    Heap& h = heap_of_device();
    const std::lock_guard<std::mutex> lock(h.mutex);
    for (const auto& [address, a] : h.allocations) {
      if (a.type != cudaMemoryTypeHost && !a.heap) device_memory.push_back(a.base);
    }
  }
  for (char* base : device_memory) release(base, false);
}

bool is_global(const void* pointer) {
  return find_allocation(pointer).base != nullptr || is_program_data(pointer, 1);
}

}  // namespace cudasim
