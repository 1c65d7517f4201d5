// The checks of device code compiled with simcc --check: what every access to memory is held against.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../include/vector_types.h"

namespace cudasim {

struct Block;

// One access to a 4-byte cell of shared memory.
struct CellAccess {
  const void* at = nullptr;     // the instruction; null: there was none
  std::uint32_t phase = 0;      // barriers the block had passed
  std::uint32_t warp_time = 0;  // __syncwarps the warp had passed
  std::uint16_t thread = 0;
  std::uint8_t bytes = 0;  // mask of the cell's four
  bool atomic = false;
};
struct Cell {
  CellAccess write;
  CellAccess reads[2];       // of two different threads, the newest
  std::uint8_t written = 0;  // bytes that this block has written
};

// The checks' part of a block.
struct BlockCheck {
  // seen[a][b]: the warp's time when lane a last learned, through __syncwarp, what lane b had done.
  struct WarpClock {
    std::uint32_t time = 1;
    std::uint32_t seen[32][32];
  };
  std::vector<WarpClock> warps;
  std::vector<Cell> dynamic;             // of dynamic shared memory
  std::vector<std::vector<Cell>> cells;  // of each static variable, in the block's order
  void begin(unsigned threads, std::size_t dynamic_bytes);
  void sync_warp(unsigned warp, unsigned lanes);
};

// An access by whoever runs on this OS thread.
void check_access(const void* address, std::size_t bytes, bool write, bool atomic, const void* at);

// Decides on a write that met another's: see check.cc. Called before shared memory is used anew.
void settle_writes();

}  // namespace cudasim
