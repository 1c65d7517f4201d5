// Workers: how the threads of a block take turns. See worker.h.
#include "worker.h"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "../include/cudasim/shared.h"
#include "fault.h"
#include "finding.h"
#include "function_info.h"
#include "global_shadow.h"
#include "limits.h"
#include "overrun.h"
#include "report.h"
#include "schedule.h"
#include "settings.h"

extern "C" {
__thread char cudasim_dynamic_shared_memory[CUDASIM_SHARED_CAPACITY] __attribute__((aligned(1024)));
}

namespace cudasim {
namespace {

// __shared__ variables at file scope, registered before main.
struct FileShared {
  void* (*address)();
  std::size_t bytes;
  const char* name;
};
// The lowest set bit at or above `shift`, going round.
unsigned pick_bit(unsigned bits, unsigned shift) {
  return (static_cast<unsigned>(__builtin_ctz(std::rotr(bits, static_cast<int>(shift)))) + shift) &
         31;
}

std::vector<FileShared>& file_shared() {
  static auto* all = new std::vector<FileShared>;
  return *all;
}

}  // namespace

int register_shared(void* (*address)(), std::size_t bytes, const char* name) {
  file_shared().push_back({address, bytes, name});
  return 1;
}

__thread Worker* this_worker = nullptr;

namespace {

struct WorkerOwner {
  WorkerOwner() = default;
  WorkerOwner(const WorkerOwner&) = delete;
  WorkerOwner& operator=(const WorkerOwner&) = delete;
  ~WorkerOwner() {
    delete this_worker;
    this_worker = nullptr;
  }
};

}  // namespace

Worker& Worker::here() {
  if (this_worker == nullptr) {
    static thread_local WorkerOwner owner;  // its destructor runs when the OS thread ends
    static_cast<void>(owner);
    this_worker = new Worker;
  }
  return *this_worker;
}

Worker::Worker() : os_thread(pthread_self()) {
  static std::atomic<unsigned> made{0};
  number_ = made++;
  block_ = &own_block_;
  thread_index_at = &view.thread;
  catch_faults(signal_stack_, sizeof signal_stack_);
  watch(this);
}

Worker::~Worker() { unwatch(this); }

void Worker::run(Grid& grid) {
  grid_ = &grid;
  if (fibers_ == nullptr || fibers_->stack_bytes() != stack_bytes()) {
    fibers_ = std::make_unique<FiberPool>(stack_bytes());
  }
  view.block_dim = grid.block;
  view.grid_dim = grid.grid;
  if (grid.block.x != index_dim_.x || grid.block.y != index_dim_.y ||
      grid.block.z != index_dim_.z) {
    index_dim_ = grid.block;
    unsigned t = 0;
    for (unsigned z = 0; z < grid.block.z; ++z) {
      for (unsigned y = 0; y < grid.block.y; ++y) {
        for (unsigned x = 0; x < grid.block.x; ++x, ++t) {
          ThreadIndex* warp = index_ + t / kWarp * 2 * kWarp;
          warp[t % kWarp] = warp[t % kWarp + kWarp] = {x, y, z, t};
        }
      }
    }
  }
  shuffled_ = settings().seed != 0;
  busy = true;
  enter_device_shadow();
  if (grid.cooperative) {
    run_cooperative();
  } else {
    block_ = &own_block_;
    block_number_ = chunk_end_ = 0;
    if (begin_next_block()) {
      run_block();
      if (block_->alive != 0) {
        if (grid.error == cudaSuccess) report_deadlock();
        abandon_block();
      }
    }
  }
  leave_device_shadow();
  if (block_->static_shared != 0) check_overrun(*this);
  busy = false;
  grid_ = nullptr;
}

// Each worker takes a share of the blocks and keeps them all alive: a block runs until none of its
// threads can go on but by the grid's barrier; then the next one does, and shared memory with it.
void Worker::run_cooperative() {
  const int share = grid_->next_share++;
  if (share >= grid_->shares) return;
  struct Resident {
    std::unique_ptr<Block> block = std::make_unique<Block>();
    std::vector<char> shared;  // its shared memory, while another block has the thread
    std::uint64_t number;
    bool begun = false;
  };
  std::vector<Resident> residents;
  for (std::uint64_t b = static_cast<std::uint64_t>(share); b < grid_->blocks;
       b += static_cast<std::uint64_t>(grid_->shares)) {
    residents.emplace_back().number = b;
  }
  const auto save = [&](Resident& r) {
    if (r.block->check != nullptr) r.block->check->leave(*r.block, grid_->shared);
    r.shared.assign(cudasim_dynamic_shared_memory, cudasim_dynamic_shared_memory + grid_->shared);
    for (const SharedVariable& v : r.block->shared_variables) {
      r.shared.insert(r.shared.end(), v.address, v.address + v.bytes);
    }
  };
  const auto restore = [&](Resident& r) {
    if (r.block->check != nullptr) r.block->check->come_back(*r.block, grid_->shared);
    const char* from = r.shared.data();
    std::memcpy(cudasim_dynamic_shared_memory, from, grid_->shared);
    from += grid_->shared;
    for (const SharedVariable& v : r.block->shared_variables) {
      std::memcpy(v.address, from, v.bytes);
      from += v.bytes;
    }
    view.block = r.block->index;
    view.block_epoch = r.block->epoch;
  };
  while (!residents.empty()) {
    std::uint64_t finished = 0;
    for (Resident& r : residents) {
      block_ = r.block.get();
      if (r.begun) {
        restore(r);
        release_grid();
      } else {
        begin_block(r.number);
        r.begun = true;
      }
      run_block();
      if (block_->alive != 0 && block_->grid_arrived != block_->alive &&
          grid_->error == cudaSuccess) {
        report_deadlock();
      }
      if (grid_->error != cudaSuccess) break;
      if (block_->alive == 0) ++finished;
      save(r);
    }
    std::erase_if(residents, [](const Resident& r) { return r.begun && r.block->alive == 0; });
    if (!grid_->pass_barrier(residents.size(), finished)) break;
  }
  for (Resident& r : residents) {
    block_ = r.block.get();
    if (r.begun) abandon_block();
  }
  block_ = &own_block_;
}

bool Worker::begin_next_block() {
  if (grid_->error.load(std::memory_order_relaxed) != cudaSuccess) return false;
  if (block_number_ == chunk_end_) {
    const std::uint64_t i = grid_->next_chunk.fetch_add(1, std::memory_order_relaxed);
    if (i >= grid_->chunks) return false;
    block_number_ = (i * grid_->stride + grid_->start) % grid_->chunks * grid_->chunk_blocks;
    chunk_end_ = std::min(block_number_ + grid_->chunk_blocks, grid_->blocks);
  }
  begin_block(block_number_++);
  return true;
}

void Worker::begin_block(std::uint64_t number) {
  Block& b = *block_;
  const dim3& g = grid_->grid;
  if (g.y == 1 && g.z == 1) {
    b.index = {static_cast<unsigned>(number), 0, 0};
  } else {
    b.index = {static_cast<unsigned>(number % g.x), static_cast<unsigned>(number / g.x % g.y),
               static_cast<unsigned>(number / g.x / g.y)};
  }
  b.epoch = ++epoch_;
  view.block = b.index;
  view.block_epoch = b.epoch;
  b.alive = grid_->threads;
  b.arrived = b.grid_arrived = b.phase = 0;
  b.predicate_count[0] = b.predicate_count[1] = 0;
  b.static_shared = 0;
  b.shared_variables.clear();
  if (checking()) {
    if (b.check == nullptr) b.check = std::make_unique<BlockCheck>();
    b.check->begin(grid_->threads, grid_->number, number);
    open_shared(cudasim_dynamic_shared_memory, grid_->shared);
  }
  // Whether this kernel uses them is not known, so they do not count against its limit.
  for (const FileShared& v : file_shared()) {
    b.shared_variables.push_back({static_cast<char*>(v.address()), v.bytes, v.name});
    if (b.check != nullptr) open_shared(static_cast<const char*>(v.address()), v.bytes);
    std::memset(v.address(), 0xff, v.bytes);
  }
  const unsigned warps = (grid_->threads + kWarp - 1) / kWarp;
  for (unsigned w = 0; w < warps; ++w) {
    WarpState& warp = b.warps[w];
    const unsigned lanes = grid_->threads - w * kWarp;
    warp.alive = warp.runnable = warp.fresh = lanes >= kWarp ? ~0u : (1u << lanes) - 1;
    warp.waiting = warp.converge = 0;
  }
  b.runnable_warps = warps == 32 ? ~0u : (1u << warps) - 1;
  if (grid_->shared != 0) std::memset(cudasim_dynamic_shared_memory, 0xff, grid_->shared);
  if (shuffled_) {
    random_ = mix(settings().seed ^ mix(grid_->number) ^ number);
    const unsigned first = draw() % warps;
    lane_shift_ = draw();
    set_warp(first);
  } else {
    lane_shift_ = 0;
    set_warp(0);
  }
  made_progress();
}

extern "C" void* cudasim_next_run() { return this_worker->next_run(); }

void* Worker::next_run() {
  Fiber* self = run_fiber_;
  unsigned exited;
  if (view.in_run != 0) {
    exited = end_run();
    cautious_ = false;
  } else {
    self = block_->fiber[view.linear];
    exited = 1u << view.lane();
  }
  exit_lanes(*turn_, exited);
  const int next = choose();
  if (next >= 0 && (turn_->fresh >> next & 1) != 0) {
    begin_run(static_cast<unsigned>(next), self);
    return nullptr;
  }
  fibers_->put(self);
  if (next < 0) return root_;
  return resume_lane(static_cast<unsigned>(next));
}

// From the OS thread's own stack: runs threads of the block, and of those that follow it, until there
// is none to run.
void Worker::run_block() {
  const int first = choose();
  if (first < 0) return;
  view.linear = kMaxThreads;  // none
  void* stack = go_to(static_cast<unsigned>(first));
  running_ = true;
  switch_stack(&root_, stack);
  running_ = false;
}

// The rest of park(): it is another warp's turn, or there is nobody left to go on with.
void* Worker::park_elsewhere() {
  const int next = choose();
  if (next >= 0) return go_to(static_cast<unsigned>(next));
  cudasim_run.leaving = &block_->stack_pointer[view.linear];
  return root_;
}

// To that lane, which has no fiber yet.
void* Worker::begin_fiber(unsigned lane) {
  Fiber* fiber = fibers_->take();
  begin_run(lane, fiber);
  return fiber->begin;
}

// Waits in the runtime's own code.
void Worker::wait_here(void* stack) {
  if (stack != nullptr) switch_stack(cudasim_run.leaving, stack);
}

// Another warp's turn, one with a runnable lane; false: there is none.
bool Worker::next_warp() {
  Block& b = *block_;
  for (;;) {
    if (turn_->runnable != 0) return true;
    if (turn_->converge != 0) {
      release_converged(*turn_);
      return true;
    }
    b.runnable_warps &= ~(1u << warp_);
    if (b.runnable_warps == 0) return false;
    if (shuffled_) lane_shift_ = draw();
    set_warp(pick_bit(b.runnable_warps, lane_shift_ >> 8 & 31));
  }
}

// After threads have exited: those that wait for them need no longer.
void Worker::release_waiting(WarpState& warp) {
  Block& b = *block_;
  if (b.arrived != 0 && b.arrived == b.alive) release_block();
  for (unsigned left = warp.waiting; left != 0;) {
    const unsigned lane = static_cast<unsigned>(std::countr_zero(left));
    left &= ~(1u << lane);
    if (complete(warp, warp.mask[lane])) left &= warp.waiting;
  }
}

// With checks: have all arrived at the same barrier?
void Worker::check_sites() {
  Block& b = *block_;
  int first = -1;
  for (unsigned t = 0; t < grid_->threads; ++t) {
    if ((b.warps[t / kWarp].alive >> t % kWarp & 1) == 0) continue;
    if (first < 0) first = static_cast<int>(t);
    if (b.site[t] != b.site[first]) {
      report_divergent_barrier(*this, static_cast<unsigned>(first), t);
      return;
    }
  }
}

void Worker::release_grid() {
  Block& b = *block_;
  b.grid_arrived = 0;
  ++b.phase;  // the grid's barrier is a barrier of the block too
  if (b.check != nullptr) b.check->sync_grid();
  b.predicate_count[b.phase & 1] = 0;
  const unsigned warps = (grid_->threads + kWarp - 1) / kWarp;
  for (unsigned w = 0; w < warps; ++w) {
    b.warps[w].runnable = b.warps[w].alive;
    if (b.warps[w].alive != 0) b.runnable_warps |= 1u << w;
  }
  set_warp(warp_);  // another block was here
  made_progress();
}

void Worker::release_block() {
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
  set_warp(warp_);
  made_progress();
}

// The rest of sync_block(), for a thread that waits for the first time, and for the last to arrive.
void* Worker::sync_block_first(const void* site) {
  break_run();
  return sync_block(site);
}
void* Worker::sync_block_last() {
  release_block();
  return park();
}

unsigned Worker::sync_block_count(const void* site, bool predicate, unsigned* arrived) {
  Block& b = *block_;
  const unsigned parity = b.phase & 1;
  b.predicate_count[parity] += predicate;
  wait_here(sync_block(site));
  *arrived = b.arrived_count[parity];
  return b.predicate_count[parity];
}

void Worker::sync_grid(const void* site) {
  if (view.in_run != 0) break_run();
  Block& b = *block_;
  b.wait[view.linear] = Wait::grid;
  b.site[view.linear] = site;
  ++b.grid_arrived;
  wait_here(park());
}

// Another thread's turn, in another warp if there is one; this one goes on later.
void Worker::yield() {
  view.in_kernel = 0;
  if (view.in_run != 0) break_run();
  Block& b = *block_;
  const unsigned thread = view.linear;
  b.wait[thread] = Wait::none;
  const unsigned others = b.runnable_warps & ~(1u << warp_);
  if (others != 0) {
    lane_shift_ = draw();
    set_warp(pick_bit(others, lane_shift_ >> 8 & 31));
  } else {  // in turn: the first of the warp's order might be one that waits for another of them
    lane_shift_ = (view.lane() + 1) % kWarp;
    set_warp(warp_);
  }
  const int next = choose();
  if (next < 0) {  // nobody else can run: this thread goes on
    set_warp(thread / kWarp);
    return;
  }
  b.warps[thread / kWarp].runnable |= 1u << thread % kWarp;
  b.runnable_warps |= 1u << thread / kWarp;
  wait_here(go_to(static_cast<unsigned>(next)));
}

void Worker::begin_shared(void* variable, std::size_t bytes, const char* name, unsigned* epoch) {
  Block& b = *block_;
  if (epoch != nullptr) *epoch = b.epoch;
  for (const SharedVariable& v : b.shared_variables) {
    if (v.address == variable) return;  // begun already; another block was here in between
  }
  b.shared_variables.push_back({static_cast<char*>(variable), bytes, name});
  b.static_shared += bytes;
  if (b.check != nullptr) open_shared(static_cast<const char*>(variable), bytes);
  std::memset(variable, 0xff, bytes);
  note_static_shared(grid_->kernel, b.static_shared);
  if (b.static_shared > kMaxStaticShared) {
    report_static_shared(*this, b.static_shared);
    fail(cudaErrorLaunchOutOfResources);
  }
}

void Worker::fail(cudaError_t code) {
  grid_->fail(code);
  if (view.in_run != 0) break_run();
  cudasim_leave(root_);
}

// Gives back the fibers of threads that will not go on. Their stacks are not unwound: device code
// has no exceptions, and nothing on a device thread's stack owns anything.
void Worker::abandon_block() {
  for (unsigned t = 0; t < grid_->threads; ++t) {
    const WarpState& warp = block_->warps[t / kWarp];
    if ((warp.alive & ~warp.fresh) >> t % kWarp & 1) fibers_->put(block_->fiber[t]);
  }
  block_->alive = 0;
}

void Worker::report_deadlock() {
  report_blocked_threads(*this);
  grid_->fail(cudaErrorLaunchFailure);
}

}  // namespace cudasim
