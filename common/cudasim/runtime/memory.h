// The device's memory: allocations in an address range of their own, each followed by pages that may
// not be touched, so that a wild access is a fault and not another array's data.
#pragma once
#include <cstddef>
#include <cstdint>

#include "../include/driver_types.h"

namespace cudasim {

struct Allocation {
  char* base = nullptr;
  std::size_t bytes = 0;
  cudaMemoryType type = cudaMemoryTypeUnregistered;
  unsigned flags = 0;
  bool registered = false;        // host memory that cudaHostRegister named
  bool heap = false;              // a kernel's malloc gave it
  const void* made_at = nullptr;  // with checks only: where the program called cudaMalloc
};

// Makes one; the API's calls of that kind differ in little else.
cudaError_t allocate(void** pointer, std::size_t bytes, cudaMemoryType type, unsigned flags);
// Ends the allocation that begins there, if it is of this kind (managed counts as device memory).
bool release(void* pointer, bool host);
// What malloc and free do in kernels, with checks.
void* allocate_in_kernel(std::size_t bytes, const void* made_at);
bool release_in_kernel(void* pointer);
// Host memory that the program allocated itself becomes pinned, and no longer is.
cudaError_t register_host(void* pointer, std::size_t bytes, unsigned flags);
cudaError_t unregister_host(void* pointer);
// Bytes of device and managed memory in use.
std::size_t device_memory_used();

// The allocation the address lies in; its type is Unregistered if there is none.
Allocation find_allocation(const void* address);

// Whether the address lies in the range that all allocations come from.
inline constexpr std::size_t kDeviceRange = std::size_t{1} << 42;  // bytes
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
// With checks: [address, address+bytes) counts as written, by a copy, a memset, or a library.
void mark_written(const void* address, std::size_t bytes);
void mark_allocation_written(const void* address);
// Device memory that the program has not freed: findings.
void report_leaks();

// Ends every allocation of device memory: cudaDeviceReset.
void release_all();

}  // namespace cudasim
