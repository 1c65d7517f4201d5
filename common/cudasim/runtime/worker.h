// A worker: an OS thread that runs blocks, one at a time, each device thread on a fiber where it
// needs one.
//
// A fiber takes a run of device threads, neighbours in their warp's order that have not begun, and
// calls the kernel for one after another: a kernel without barriers is a plain loop, in which nothing
// is written down but which thread runs (Bound::call, launch.h). If a thread has to wait, the run is
// broken: those before it have exited, the fiber is its own from then on, and those after it are
// again anybody's.
#pragma once
#include <pthread.h>

#include <cstdint>
#include <vector>

#include "../include/cudasim/switch.h"
#include "../include/cudasim/sync.h"
#include "check.h"
#include "fiber.h"
#include "grid.h"
#include "view.h"

namespace cudasim {

enum class Wait : std::uint8_t { none, block, grid, warp, converge };
enum class Collective : std::uint8_t { sync, exchange, vote, match, reduce };

struct WarpState {
  unsigned alive;     // lanes that have not exited; of a run under way, all
  unsigned runnable;  // lanes that may run now; of a run under way, all
  unsigned fresh;     // of them, lanes that have not begun and have no fiber
  unsigned waiting;   // lanes in a collective
  unsigned converge;  // lanes in __activemask
  Collective operation[kWarp];
  unsigned mask[kWarp];
  unsigned operand[kWarp];      // source lane, or kind of reduction
  std::uint64_t value[kWarp];   // what the lane brings
  std::uint64_t result[kWarp];  // what it takes home
};

struct SharedVariable {
  char* address;
  std::size_t bytes;
  const char* name;
};

// A block that runs or waits.
struct Block {
  uint3 index;
  unsigned epoch;
  unsigned alive;               // threads that have not exited
  unsigned arrived;             // of them, at __syncthreads
  unsigned grid_arrived;        // of them, at the grid's barrier
  unsigned phase;               // barriers passed
  unsigned runnable_warps;      // warps that may have a runnable lane
  unsigned predicate_count[2];  // of the barrier under way and of the last one
  unsigned arrived_count[2];
  std::size_t static_shared;  // bytes of static shared memory its threads declared so far
  std::vector<SharedVariable> shared_variables;
  std::unique_ptr<BlockCheck> check;  // with checks only
  WarpState warps[kMaxWarps];
  void* stack_pointer[kMaxThreads];  // where a thread that waits goes on
  Fiber* fiber[kMaxThreads];
  Wait wait[kMaxThreads];
  const void* site[kMaxThreads];  // the call a waiting thread waits in
};

class Worker;
// The worker of this OS thread, if it has one.
extern __thread Worker* this_worker __attribute__((tls_model("initial-exec")));

class Worker {
 public:
  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The worker of this OS thread; made at its first use.
  static Worker& here();
  // The worker whose device thread is running on this OS thread, or null: this is host code.
  static Worker* in_kernel();

  // Runs blocks of the grid until none is left to take.
  void run(Grid& grid);

  // What device functions call. What returns a stack leaves it to the caller to switch: see sync.h.
  void* sync_block(const void* site);
  unsigned sync_block_count(const void* site, bool predicate, unsigned* arrived);
  void* collective(Collective operation, unsigned mask, std::uint64_t value, unsigned operand,
                   const void* site);
  void* active_mask(const void* site);
  std::uint64_t warp_result() const { return turn_->result[view.lane()]; }
  void sync_grid(const void* site);
  void yield();
  void begin_shared(void* variable, std::size_t bytes, const char* name, unsigned* epoch);
  // Ends the grid's run from within a device thread.
  [[noreturn]] void fail(cudaError_t code);

  Grid* grid() const { return grid_; }
  Block& block() { return *block_; }
  const FiberPool& fibers() const { return *fibers_; }
  uint3 index_of(unsigned thread) const {
    const ThreadIndex& i = index_[thread / kWarp * 2 * kWarp + thread % kWarp];
    return {i.x, i.y, i.z};
  }
  // The end of the current device thread's stack.
  const char* stack_top() const {
    return (view.in_run != 0 ? run_fiber_ : block_->fiber[view.linear])->stack_top;
  }
  // On a fiber whose run has ended: what it runs next, unless it is left for another.
  void* next_run();
  unsigned number() const { return number_; }  // from 0, in the order workers were made
  char* emergency_stack_top() { return emergency_stack_ + sizeof emergency_stack_; }

  // Watched by the watchdog: counts blocks begun, threads exited at a wait, barriers passed.
  std::atomic<std::uint64_t> progress{0};
  std::atomic<bool> busy{false};
  std::atomic<int> request{0};  // what the watchdog's signal asks for: see fault.cc
  pthread_t os_thread;

 private:
  void run_cooperative();
  bool begin_next_block();
  void begin_block(std::uint64_t number);
  void set_warp(unsigned warp);
  unsigned first_of(unsigned lanes) const;
  void begin_run(unsigned lane, Fiber* fiber);
  unsigned end_run();
  void break_run();
  void exit_lanes(WarpState& warp, unsigned lanes);
  void release_waiting(WarpState& warp);
  int choose();
  bool next_warp();
  void* resume_lane(unsigned lane);
  void* go_on(unsigned lane);
  void* begin_fiber(unsigned lane);
  void* go_to(unsigned lane);
  void* park();
  void* park_elsewhere();
  void* sync_block_first(const void* site);
  void* sync_block_last();
  void wait_here(void* stack);
  void release_block();
  void check_sites();
  void release_grid();
  void release_converged(WarpState& warp);
  bool complete(WarpState& warp, unsigned mask);
  void run_block();
  void abandon_block();
  void report_deadlock();
  unsigned draw();  // the next random bits of this block's schedule
  void made_progress() {
    progress.store(progress.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  // What every wait needs, close together.
  Block* block_ = nullptr;
  WarpState* turn_ = nullptr;                // the warp whose lanes run
  const ThreadIndex* turn_index_ = nullptr;  // of its lanes, in index_
  unsigned warp_ = 0;                        // its number
  unsigned lane_shift_ = 0;                  // where their order begins; 32: it goes downwards
  unsigned ahead_ = 1;                       // what comes after a lane, modulo kMaxThreads
  bool running_ = false;                     // a device thread runs: view says which
  bool cautious_ = false;                    // runs of one thread: the last had to wait
  unsigned run_first_ = 0;                   // the thread the run began with
  Fiber* run_fiber_ = nullptr;               // the run's, while view.in_run
  Grid* grid_ = nullptr;
  void* root_ = nullptr;  // where the OS thread's own stack goes on
  std::unique_ptr<FiberPool> fibers_;
  Block own_block_{};
  // For index_dim_. Each warp's lanes twice over, so that a run may go past the last.
  ThreadIndex index_[2 * kMaxThreads];
  dim3 index_dim_{0, 0, 0};
  std::uint64_t block_number_ = 0, chunk_end_ = 0;
  std::uint64_t random_ = 0;
  bool shuffled_ = false;  // the seed orders threads; else they run in ascending order
  unsigned number_;
  unsigned epoch_ = 0;
  char emergency_stack_[64 * 1024];  // for what follows a fault on a fiber
  char signal_stack_[64 * 1024];
};

inline Worker* Worker::in_kernel() {
  Worker* worker = this_worker;
  return worker != nullptr && worker->running_ ? worker : nullptr;
}

}  // namespace cudasim
