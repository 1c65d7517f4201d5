// The checks of device code compiled with simcc --check: what every access to memory is held against.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "finding.h"
#include "shared_shadow.h"

namespace cudasim {

struct Block;
class Worker;

// The checks' part of a block.
class BlockCheck {
 public:
  void begin(unsigned threads, std::uint64_t launch);
  // The block passed a barrier; lanes of a warp met in __syncwarp.
  void sync_block();
  void sync_warp(unsigned warp, unsigned lanes);
  // When one of its lanes last learned, through __syncwarp, what another had done.
  std::uint32_t seen(unsigned thread, unsigned other) const {
    return warps_[thread / kWarp].seen[thread % kWarp][other % kWarp];
  }
  // Another block takes the OS thread, and this one takes it back.
  void leave(const Block& block, std::size_t dynamic_bytes);
  void come_back(const Block& block, std::size_t dynamic_bytes);

 private:
  struct WarpClock {
    std::uint32_t seen[kWarp][kWarp];
  };
  void forget();
  std::vector<WarpClock> warps_;
  unsigned generation_ = 0;  // of the times in them
  std::vector<Cell> cells_;  // of its shared memory, while it has no OS thread
};

struct MemoryAccess {
  const char* address;
  std::size_t bytes;
  bool write, atomic;
  const void* at;         // the instruction after the access, as a return address
  std::size_t alignment;  // that the access needs
};

// An access by whoever runs on this OS thread.
void check_access(const MemoryAccess& access);

// The parts of it: each reports what it finds.
void check_shared(Worker& worker, const MemoryAccess& access);
void check_global(Worker& worker, const MemoryAccess& access);
void check_host(const MemoryAccess& access);
// The access is outside the block's shared variables, but among them.
void report_shared_bounds(Worker& worker, const MemoryAccess& access);
void report_dynamic_bounds(Worker& worker, const MemoryAccess& access);

// Decides on a write that met another's: see check_shared.cc. Called before shared memory is used anew.
void settle_writes();

// A finding about the device thread that runs.
Finding device_finding(Worker& worker, const char* kind, const char* severity, const void* at);
// "read of 4 bytes".
std::string access_text(const MemoryAccess& access);

}  // namespace cudasim
