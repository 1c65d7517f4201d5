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
  bool registered = false;  // host memory that cudaHostRegister named
};

// The allocation the address lies in; its type is Unregistered if there is none.
Allocation find_allocation(const void* address);

// Ends every allocation of device memory: cudaDeviceReset.
void release_all();

}  // namespace cudasim
