// The device's memory: allocations in an address range of their own, each followed by pages that may
// not be touched, so that a wild access is a fault and not another array's data.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../include/driver_types.h"

namespace cudasim {

// Which bytes of an allocation were ever written: kept where checks are on. Several OS threads set
// bits at a time.
class WrittenMap {
 public:
  explicit WrittenMap(std::size_t bytes) : bits_((bytes + 7) / 8) {}
  void set(std::size_t first, std::size_t count);
  bool all(std::size_t first, std::size_t count) const;

 private:
  std::vector<std::atomic<std::uint8_t>> bits_;
};

struct Allocation {
  char* base = nullptr;
  std::size_t bytes = 0;
  cudaMemoryType type = cudaMemoryTypeUnregistered;
  unsigned flags = 0;
  bool registered = false;  // host memory that cudaHostRegister named
  // With checks only:
  const void* made_at = nullptr;        // where the program called cudaMalloc
  std::shared_ptr<WrittenMap> written;  // of device memory
};

// The allocation the address lies in; its type is Unregistered if there is none.
Allocation find_allocation(const void* address);

// Another number after each allocation or release.
std::uint64_t allocation_generation();
// Whether the address lies in the range that all allocations come from.
inline constexpr std::size_t kDeviceRange = std::size_t{1} << 44;  // bytes
extern const char* device_range;  // null until the first allocation
inline bool in_device_range(const void* address) {
  const auto* at = static_cast<const char*>(address);
  return device_range != nullptr && at >= device_range && at < device_range + kDeviceRange;
}
// The allocation nearest to an address of that range; freed: one that was there is gone.
struct Neighbour {
  Allocation allocation;
  bool freed = false;
};
Neighbour nearest_allocation(const void* address);
// Whether the bytes are some loaded program's or library's variables.
bool is_program_data(const void* address, std::size_t bytes);
// [address, address+bytes) counts as written: by a copy, a memset, or a library.
void mark_written(const void* address, std::size_t bytes);
void mark_allocation_written(const void* address);
// Device memory that the program has not freed: findings.
void report_leaks();

// Ends every allocation of device memory: cudaDeviceReset.
void release_all();

}  // namespace cudasim
