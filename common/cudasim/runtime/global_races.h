// Races in global memory, between threads of one block and of different ones: with checks and
// CUDASIM_CHECK_GLOBAL=1 only, and then with one worker, so that all this is one OS thread's.
//
// Two accesses of one launch are ordered by: one thread's order; the block's and the grid's barriers;
// __syncwarp; or a hand-over: the earlier thread fences and then does an atomic operation, and later the
// other thread, or one of its block with a barrier after it, does one on the same variable. A hand-over
// takes along what the fencing thread's warp did and what its block did before the last barrier.
// What is between a block's two barriers is a segment; a fence or __syncwarp begins one for its threads.
#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "shared_shadow.h"

namespace cudasim {

class Worker;
struct MemoryAccess;

bool checks_global_races();
// At the first allocation, and at each; false: the system gives no address space, or memory, for it.
bool reserve_race_shadow();
bool open_race_shadow(const char* base, std::size_t bytes);

// A block's part.
class BlockRaces {
 public:
  void begin(unsigned threads, std::uint64_t launch, std::uint64_t block);
  void sync_block();
  void sync_grid();
  void sync_warp(unsigned warp, unsigned lanes);
  void fence(unsigned thread);
  void meet(unsigned thread, const void* variable);
  void check(Worker& worker, const MemoryAccess& access);

 private:
  struct Thread {
    std::uint32_t segment, acquired, fenced, fence_phase;  // times; fenced: the segment after it
  };
  std::uint32_t new_segment(int warp);
  bool ordered(Worker& worker, Access earlier, unsigned thread) const;
  std::vector<Thread> threads_;
  std::vector<std::uint32_t> unpublished_;  // segments
  std::uint32_t launch_ = 0, block_ = 0, phase_ = 0, grid_phase_ = 0, acquired_ = 0;
};

}  // namespace cudasim
