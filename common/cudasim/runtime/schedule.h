// How threads of a block take turns, and the block's barrier: the parts of Worker that every wait goes
// through, inline in the entries that wait (sync.cc).
#pragma once
#include <bit>
#include <cstring>

#include "worker.h"

namespace cudasim {

inline unsigned Worker::draw() {
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX constants
  return static_cast<unsigned>(random_ >> 40);
}

// A warp's lanes run until none of them can; then another warp's turn comes. The seed sets which
// warp is next, and with which lane and in which direction its lanes begin: the first of `lanes`,
// of which there must be one, is the lowest at or above the shift, going round, or the highest below.
inline unsigned Worker::first_of(unsigned lanes) const {
  const unsigned rotated = std::rotr(lanes, static_cast<int>(lane_shift_ & 31));
  const int place = (lane_shift_ & 32) != 0 ? 31 - __builtin_clz(rotated) : __builtin_ctz(rotated);
  return (static_cast<unsigned>(place) + lane_shift_) & 31;
}

inline void Worker::set_warp(unsigned warp) {
  warp_ = warp;
  turn_ = &block_->warps[warp];
  turn_index_ = &index_[warp * 2 * kWarp];
  ahead_ = (lane_shift_ & 32) != 0 ? kMaxThreads - 1 : 1;
}

// The lane to go on with, of the warp whose turn it then is; -1: there is none.
inline int Worker::choose() {
  while (turn_->runnable == 0) {
    if (next_warp()) continue;
    if (block_->alive == 0 && !grid_->cooperative && begin_next_block()) continue;
    return -1;
  }
  return static_cast<int>(first_of(turn_->runnable));
}

// Gives a fiber the lane and those after it in the warp's order, as far as they are fresh.
inline void Worker::begin_run(unsigned lane, Fiber* fiber) {
  const unsigned shift = lane_shift_ & 31, place = (lane - shift) & 31;
  const ThreadIndex* first = turn_index_ + shift + place;
  cudasim_run.closure = grid_->closure;
  cudasim_run.first = cudasim_run.last = first;
  if (!cautious_) {
    const unsigned fresh = std::rotr(turn_->fresh, static_cast<int>(shift));
    if ((lane_shift_ & 32) == 0) {
      cudasim_run.last = first + std::countr_one(fresh >> place) - 1;
      cudasim_run.step = 1;
    } else {
      cudasim_run.last = first - std::countl_one(fresh << (31 - place)) + 1;
      cudasim_run.step = -1;
    }
  }
  run_first_ = first->linear;
  run_fiber_ = fiber;
  view.in_run = 1;
}

// Writes down what the run left out: its lanes up to the current one have begun. Returns them.
inline unsigned Worker::end_run() {
  unsigned lanes = 1u << view.lane();
  if (view.linear != run_first_) {
    const unsigned shift = lane_shift_ & 31;
    const unsigned a = (run_first_ - shift) & 31, b = (view.linear - shift) & 31;
    const unsigned low = a < b ? a : b, high = a < b ? b : a;
    lanes = std::rotl(~0u >> (31 - high) & ~0u << low, static_cast<int>(shift));
  }
  turn_->runnable &= ~lanes;
  turn_->fresh &= ~lanes;
  view.in_run = 0;
  return lanes;
}

inline void Worker::exit_lanes(WarpState& warp, unsigned lanes) {
  warp.alive &= ~lanes;
  // One lane or a whole warp, nearly always; to count bits is a function's call on the oldest x86-64.
  block_->alive -= lanes == ~0u                 ? kWarp
                   : (lanes & (lanes - 1)) == 0 ? 1
                                                : static_cast<unsigned>(std::popcount(lanes));
  made_progress();
  if ((block_->arrived | warp.waiting) != 0) release_waiting(warp);
}

// The current thread has to wait.
inline void Worker::break_run() {
  const unsigned exited = end_run() & ~(1u << view.lane());
  block_->fiber[view.linear] = run_fiber_;
  cautious_ = exited == 0;
  if (exited != 0) exit_lanes(*turn_, exited);
}

// Makes a lane that waited the current thread; returns its stack.
inline void* Worker::resume_lane(unsigned lane) {
  const unsigned thread = warp_ * kWarp + lane;
  turn_->runnable &= ~(1u << lane);
  std::memcpy(&view, turn_index_ + lane, sizeof(ThreadIndex));
  // The stack of the thread that comes after this one will be wanted soon.
  const char* after =
      static_cast<const char*>(block_->stack_pointer[(thread + ahead_) % kMaxThreads]);
  __builtin_prefetch(after);
  __builtin_prefetch(after + 64);
  return block_->stack_pointer[thread];
}

// No switch: the current thread goes on in its own code.
inline void* Worker::go_on(unsigned lane) {
  turn_->runnable &= ~(1u << lane);
  view.in_kernel = 1;
  return nullptr;
}

// From the current thread, which keeps its stack, to that lane.
inline __attribute__((always_inline)) void* Worker::go_to(unsigned lane) {
  const unsigned self = view.linear;
  cudasim_run.leaving = &block_->stack_pointer[self];
  if (__builtin_expect((turn_->fresh >> lane & 1) != 0, 0)) return begin_fiber(lane);
  if (__builtin_expect(warp_ * kWarp + lane == self, 0)) return go_on(lane);
  return resume_lane(lane);
}

// The current thread cannot go on: another one does, once the caller switches.
inline __attribute__((always_inline)) void* Worker::park() {
  const unsigned runnable = turn_->runnable;
  if (__builtin_expect(runnable == 0, 0)) return park_elsewhere();
  return go_to(first_of(runnable));
}

inline __attribute__((always_inline)) void* Worker::sync_block(const void* site) {
  if (view.in_run != 0) return sync_block_first(site);
  Block& b = *block_;
  b.wait[view.linear] = Wait::block;
  b.site[view.linear] = site;
  if (++b.arrived == b.alive) return sync_block_last();
  return park();
}

}  // namespace cudasim
