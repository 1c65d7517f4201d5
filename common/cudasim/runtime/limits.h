// The simulated device's limits, as those of compute capability 8.0 in CUDA's programming guide,
// "Technical Specifications per Compute Capability", with few multiprocessors: all blocks of a
// cooperative launch are alive at once, each thread with a stack.
#pragma once
#include <cstddef>

namespace cudasim {

inline constexpr std::size_t kMaxStaticShared = 48 * 1024;    // bytes of a block
inline constexpr std::size_t kMaxDynamicShared = 163 * 1024;  // after cudaFuncSetAttribute
inline constexpr std::size_t kSharedPerMultiprocessor = 164 * 1024;
inline constexpr std::size_t kReservedShared = 1024;  // of each block, by the system
inline constexpr int kMultiprocessors = 8;
inline constexpr int kMaxThreadsPerMultiprocessor = 2048;
inline constexpr int kMaxBlocksPerMultiprocessor = 32;
inline constexpr unsigned kMaxGridX = 2147483647, kMaxGridYZ = 65535;
inline constexpr unsigned kMaxBlockXY = 1024, kMaxBlockZ = 64;
inline constexpr std::size_t kGlobalMemory = std::size_t{8} << 30;  // bytes

// The stack of a device thread. cudaLimitStackSize may raise it for workers not yet started.
std::size_t stack_bytes();

}  // namespace cudasim
