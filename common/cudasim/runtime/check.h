// The checks of device code compiled with simcc --check: what every access to memory is held against.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "finding.h"
#include "global_races.h"
#include "shared_shadow.h"

namespace cudasim {

struct Block;
struct MemoryAccess;
class Worker;

// The checks' part of a block.
class BlockCheck {
 public:
  void begin(unsigned threads, std::uint64_t launch, std::uint64_t block);
  void check_race(Worker& worker, const MemoryAccess& access);  // in global memory
  // The block passed a barrier; lanes of a warp met in __syncwarp.
  void sync_block();
  void sync_grid();
  void sync_warp(unsigned warp, unsigned lanes);
  // When one of its lanes last learned, through __syncwarp, what another had done.
  std::uint32_t seen(unsigned thread, unsigned other) const {
    return warps_[thread / kWarp].seen[thread % kWarp][other % kWarp];
  }
  // What a thread did before a fence is handed over by an atomic operation that follows the fence, to
  // every thread whose atomic operation on that variable comes later.
  void fence(unsigned thread);
  void meet(unsigned thread, const void* variable);
  bool handed_over(unsigned from, std::uint32_t time, unsigned to) const {
    return !hand_overs_.empty() && time < hand_overs_[from].published &&
           time < hand_overs_[to].acquired;
  }
  // Another block takes the OS thread, and this one takes it back.
  void leave(const Block& block, std::size_t dynamic_bytes);
  void come_back(const Block& block, std::size_t dynamic_bytes);

 private:
  struct WarpClock {
    std::uint32_t seen[kWarp][kWarp];
  };
  struct HandOver {
    std::uint32_t fenced = 0, published = 0, acquired = 0;  // times; 0: never
    std::uint32_t known = 0;  // publications there were when it last acquired
  };
  void forget();
  std::vector<WarpClock> warps_;
  unsigned generation_ = 0;                       // of the times in them
  std::vector<HandOver> hand_overs_;              // by thread; empty until the first fence
  std::unordered_set<const void*> published_by_;  // the variables of the atomic operations
  std::uint32_t publications_ = 0;
  std::unique_ptr<BlockRaces> races_;  // if races in global memory are looked for
  std::vector<Cell> cells_;            // of its shared memory, while it has no OS thread
};

struct MemoryAccess {
  const char* address;
  std::size_t bytes;
  bool write, atomic;
  const void* at;         // the instruction after the access, as a return address
  std::size_t alignment;  // that the access needs
};

// How much of what is read must have been written. Structures are copied whole, with the holes between
// their fields, which nobody writes; and what is read at once may be one if it has more than 4 bytes. A
// hole is shorter than the structure's alignment, which divides its size, so none covers a part of the
// size below: one byte of each is enough. Calls is_written(begin, bytes), "is any of these", for each.
template <class F>
bool enough_written(const MemoryAccess& access, F is_written) {
  const std::size_t divisor = access.bytes & (0 - access.bytes);
  const std::size_t part = access.bytes <= 4   ? 1
                           : access.bytes <= 8 ? std::min<std::size_t>(divisor, 4)
                                               : std::min<std::size_t>(divisor, 8);
  for (std::size_t i = 0; i < access.bytes;) {
    const std::size_t to_boundary =
        part - reinterpret_cast<std::uintptr_t>(access.address + i) % part;
    const std::size_t count = std::min(to_boundary, access.bytes - i);
    if (!is_written(access.address + i, count)) return false;
    i += count;
  }
  return true;
}

// An access by whoever runs on this OS thread. Of an atomic one the caller then does the operation and
// sets view.in_kernel as it was before: in between, the watchdog may let no other thread in, to which it
// would have been handed over already, or not yet.
void check_access(const MemoryAccess& access);

// The same of a copy that the runtime does for the device thread that runs.
void check_copy(const void* to, const void* from, std::size_t bytes, const void* at);

// The parts of it: each reports what it finds.
void check_shared(Worker& worker, const MemoryAccess& access);
void check_global(Worker& worker, const MemoryAccess& access);
void check_host(const MemoryAccess& access);
// The access is outside the block's shared variables, but among them.
void report_shared_bounds(Worker& worker, const MemoryAccess& access);
void report_dynamic_bounds(Worker& worker, const MemoryAccess& access);

// Of two writes with nothing between them: a finding once it is known that this one wrote another value
// than there was; settle_writes() looks, before the next access to shared memory and at barriers.
// The finding is put together then, as if the thread that wrote were still running: to find a place in
// the source takes long, and most such writes are of the same value.
void await_value(const MemoryAccess& access, std::function<Finding()> finding);
void settle_writes();

// The address in device memory as name[index], and the array or variable that is in.
void name_address(Finding* finding, const MemoryAccess& access);

// The device thread that runs calls a memory fence.
void check_fence();

// "in ", "4 bytes past the end of " and so on: where an access lies, seen from an array.
std::string relation(const MemoryAccess& access, const char* base, std::size_t bytes);
// A finding about the device thread that runs.
Finding device_finding(Worker& worker, const char* kind, const char* severity, const void* at);
// "read of 4 bytes".
std::string access_text(const MemoryAccess& access);

}  // namespace cudasim
