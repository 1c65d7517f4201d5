// Why calls are refused. See refused.h.
#include "refused.h"

#include "../include/cuda_runtime_api.h"
#include "function_info.h"
#include "grid.h"
#include "limits.h"
#include "memory.h"
#include "report.h"
#include "source.h"

namespace cudasim {
namespace {

std::string text(const dim3& d) {
  return "(" + std::to_string(d.x) + "," + std::to_string(d.y) + "," + std::to_string(d.z) + ")";
}

}  // namespace

std::string why_launch_is_refused(const Pending& launch, bool cooperative) {
  const dim3 &g = launch.config.grid, &b = launch.config.block;
  if (g.x == 0 || g.y == 0 || g.z == 0) return "a grid of " + text(g) + " blocks has none";
  if (g.x > kMaxGridX || g.y > kMaxGridYZ || g.z > kMaxGridYZ) {
    return "a grid of " + text(g) + " blocks; at most " +
           text({kMaxGridX, kMaxGridYZ, kMaxGridYZ}) + " are allowed";
  }
  const std::uint64_t threads = std::uint64_t{b.x} * b.y * b.z;
  if (threads == 0) return "a block of " + text(b) + " threads has none";
  if (threads > kMaxThreads) {
    return "a block of " + text(b) + " threads has " + std::to_string(threads) + "; at most " +
           std::to_string(kMaxThreads) + " are allowed";
  }
  if (b.x > kMaxBlockXY || b.y > kMaxBlockXY || b.z > kMaxBlockZ) {
    return "a block of " + text(b) + " threads; at most " +
           text({kMaxBlockXY, kMaxBlockXY, kMaxBlockZ}) + " are allowed";
  }
  const int most = function_info(launch.kernel).max_dynamic_shared;
  if (launch.config.shared > static_cast<std::size_t>(most)) {
    return std::to_string(launch.config.shared) +
           " bytes of dynamic shared memory; this kernel may have " + std::to_string(most) +
           ", which cudaFuncSetAttribute raises";
  }
  return cooperative
             ? "a cooperative launch of " + text(g) + " blocks, more than fit on the device at once"
             : "";
}

std::string why_not_freed(const void* pointer, bool host) {
  const Allocation a = find_allocation(pointer);
  const char* other = host ? "cudaFree" : "cudaFreeHost";
  if (a.base == nullptr) {
    if (nearest_allocation(pointer).freed) return "the memory was freed already";
    return std::string("the pointer is from no call of ") +
           (host ? "cudaMallocHost" : "cudaMalloc") + " or its like";
  }
  const std::string name = array_name(a) + ", allocated at " + where(a.made_at);
  if (pointer != a.base) {
    const auto offset = static_cast<const char*>(pointer) - a.base;
    return "the pointer is " + std::to_string(offset) + " bytes into " + name;
  }
  if ((a.type == cudaMemoryTypeHost) != host) return name + ", is freed with " + other;
  return a.heap ? name + ", is a kernel's: its free gives it back" : "";
}

}  // namespace cudasim
