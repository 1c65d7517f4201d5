// A grid: one launch of a kernel, whose blocks several OS threads take from it.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "../include/cudasim/launch.h"

namespace cudasim {

inline constexpr unsigned kWarp = 32;
inline constexpr unsigned kMaxThreads = 1024;  // of a block
inline constexpr unsigned kMaxWarps = kMaxThreads / kWarp;

struct Grid {
  Grid(const Pending& pending, Closure* kernel_closure, bool is_cooperative,
       std::uint64_t launch_number);
  ~Grid() {
    if (owner == nullptr) closure->destroy(closure);
  }
  Grid(const Grid&) = delete;
  Grid& operator=(const Grid&) = delete;

  // The first failure counts; blocks not yet begun are then left out.
  void fail(cudaError_t code);

  const void* kernel;
  Closure* closure;
  std::shared_ptr<const Grid> owner;  // of the closure, where a graph's node launches it again
  dim3 grid, block;
  std::size_t shared;  // bytes of dynamic shared memory
  bool cooperative;
  std::uint64_t number;  // of the launch, counted from 0 in the process
  unsigned threads;      // of a block
  std::uint64_t blocks;

  // Blocks are handed out in chunks of neighbours, the chunks in an order that the seed sets:
  // the i-th is number (i * stride + start) mod chunks. Small grids have chunks of one block.
  std::uint64_t chunk_blocks, chunks, stride, start;
  std::atomic<std::uint64_t> next_chunk{0};
  std::atomic<int> error{cudaSuccess};

  // Cooperative launches only. Each of `shares` workers takes its part of the blocks. A worker all of
  // whose blocks wait at the grid's barrier, or have finished, says so here and waits for the others;
  // false: the grid has failed, or no block is left that waits.
  bool pass_barrier(std::uint64_t waiting_blocks, std::uint64_t finished_blocks);
  std::atomic<int> next_share{0};
  int shares = 1;

 private:
  std::mutex barrier_mutex_;
  std::condition_variable barrier_passed_;
  std::uint64_t waiting_ = 0, finished_ = 0, generation_ = 0;
};

// A well-mixed 64-bit number (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace cudasim
