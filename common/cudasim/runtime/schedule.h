// How threads of a block take turns, and the block's barrier: the parts of Worker that every wait goes
// through, inline in the entries that wait (sync.cc).
#pragma once
#include <bit>

#include "worker.h"

namespace cudasim {

// The lowest set bit at or above `shift`, going round; or the highest below it.
inline unsigned pick_bit(unsigned bits, unsigned shift, bool downwards) {
  const unsigned rotated = std::rotr(bits, static_cast<int>(shift));
  const int at = downwards ? 31 - std::countl_zero(rotated) : std::countr_zero(rotated);
  return (static_cast<unsigned>(at) + shift) & 31;
}

inline unsigned Worker::draw() {
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX constants
  return static_cast<unsigned>(random_ >> 40);
}

// A warp's lanes run until none of them can; then another warp's turn comes. The seed sets which
// warp is next, and with which lane and in which direction its lanes begin.
inline int Worker::next_thread() {
  if (block_->warps[warp_].runnable == 0 && !next_warp()) return -1;
  const unsigned runnable = block_->warps[warp_].runnable;
  return static_cast<int>(warp_ * kWarp +
                          pick_bit(runnable, lane_shift_ & 31, (lane_shift_ & 32) != 0));
}

// The thread to go on with, made the current one; -1: there is none, back to the OS thread's stack.
inline int Worker::choose() {
  for (;;) {
    const int next = next_thread();
    if (next < 0) {
      if (block_->alive == 0 && !grid_->cooperative && begin_next_block()) continue;
      return current_ = -1;
    }
    const unsigned thread = static_cast<unsigned>(next), lane = thread % kWarp;
    block_->warps[thread / kWarp].runnable &= ~(1u << lane);
    view.thread = index_of_[thread];
    view.lane = lane;
    view.linear = thread;
    // The stack of the thread that comes after this one will be wanted soon.
    const unsigned after = thread + ((lane_shift_ & 32) != 0 ? kMaxThreads - 1 : 1);
    const char* stack = static_cast<const char*>(block_->stack_pointer[after % kMaxThreads]);
    __builtin_prefetch(stack);
    __builtin_prefetch(stack + 64);
    __builtin_prefetch(stack + 128);
    __builtin_prefetch(stack + 192);
    return current_ = next;
  }
}

// Where to switch for that thread: its own fiber, or a free one, which will begin it.
inline void* Worker::stack_of(int next) {
  if (next < 0) return root_;
  const unsigned thread = static_cast<unsigned>(next);
  WarpState& warp = block_->warps[thread / kWarp];
  if ((warp.started >> thread % kWarp & 1) != 0) return block_->stack_pointer[thread];
  warp.started |= 1u << thread % kWarp;
  Fiber* fiber = fibers_->take();
  block_->fiber[thread] = fiber;
  return fiber->stack_pointer;
}

// The current thread cannot go on: another one does.
inline void Worker::park() {
  const int self = current_;
  const int next = choose();
  if (next != self) cudasim_switch(&block_->stack_pointer[self], stack_of(next));
}

inline void Worker::release_block() {
  Block& b = *block_;
  if (b.check != nullptr) check_sites();
  b.arrived_count[b.phase & 1] = b.arrived;
  b.arrived = 0;
  ++b.phase;
  if (b.check != nullptr) b.check->sync_block();
  b.predicate_count[b.phase & 1] = 0;
  const unsigned warps = (grid_->threads + kWarp - 1) / kWarp;
  for (unsigned w = 0; w < warps; ++w) {
    b.warps[w].runnable = b.warps[w].alive;
    if (b.warps[w].alive != 0) b.runnable_warps |= 1u << w;
  }
  if (shuffled_) lane_shift_ = draw();
  made_progress();
}

inline void Worker::sync_block(const void* site) {
  unsigned arrived;
  sync_block_count(site, false, &arrived);
}

inline __attribute__((always_inline)) unsigned Worker::sync_block_count(const void* site,
                                                                        bool predicate,
                                                                        unsigned* arrived) {
  Block& b = *block_;
  const unsigned thread = static_cast<unsigned>(current_), parity = b.phase & 1;
  b.wait[thread] = Wait::block;
  b.site[thread] = site;
  b.predicate_count[parity] += predicate;
  if (++b.arrived == b.alive) release_block();
  park();
  *arrived = b.arrived_count[parity];
  return b.predicate_count[parity];
}

}  // namespace cudasim
