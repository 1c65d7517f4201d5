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
#include "limits.h"
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
  catch_faults(signal_stack_, sizeof signal_stack_);
  watch(this);
}

Worker::~Worker() { unwatch(this); }

void Worker::run(Grid& grid) {
  grid_ = &grid;
  if (fibers_ == nullptr || fibers_->stack_bytes() != stack_bytes()) {
    fibers_ = std::make_unique<FiberPool>(&Worker::enter, stack_bytes());
  }
  view.block_dim = grid.block;
  view.grid_dim = grid.grid;
  if (grid.block.x != index_dim_.x || grid.block.y != index_dim_.y ||
      grid.block.z != index_dim_.z) {
    index_dim_ = grid.block;
    unsigned t = 0;
    for (unsigned z = 0; z < grid.block.z; ++z) {
      for (unsigned y = 0; y < grid.block.y; ++y) {
        for (unsigned x = 0; x < grid.block.x; ++x) index_of_[t++] = {x, y, z};
      }
    }
  }
  shuffled_ = settings().seed != 0;
  busy = true;
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
    warp.alive = warp.runnable = lanes >= kWarp ? ~0u : (1u << lanes) - 1;
    warp.started = warp.waiting = warp.converge = 0;
  }
  b.runnable_warps = warps == 32 ? ~0u : (1u << warps) - 1;
  if (grid_->shared != 0) std::memset(cudasim_dynamic_shared_memory, 0xff, grid_->shared);
  if (shuffled_) {
    random_ = mix(settings().seed ^ mix(grid_->number) ^ number);
    warp_ = draw() % warps;
    lane_shift_ = draw();
  } else {
    warp_ = lane_shift_ = 0;
  }
  made_progress();
}

// Where every fiber begins: it runs device threads for ever.
void Worker::enter() { this_worker->run_threads(); }

void Worker::run_threads() {
  const Closure* closure = grid_->closure;
  unsigned thread = static_cast<unsigned>(current_);
  for (;;) {
    view.in_kernel = 1;
    closure->run(closure);
    view.in_kernel = 0;
    Block& b = *block_;
    WarpState& warp = b.warps[thread / kWarp];
    Fiber* self = b.fiber[thread];
    const unsigned fresh = warp.runnable & ~warp.started;
    if (fresh != 0 && (b.arrived | warp.waiting) == 0) {
      // Nobody waits for this thread, and its warp has one that has not begun: the common case of a
      // kernel without barriers, in a few instructions.
      warp.alive &= ~(1u << thread % kWarp);
      --b.alive;
      made_progress();
      const unsigned lane = pick_bit(fresh, lane_shift_ & 31, (lane_shift_ & 32) != 0);
      warp.runnable &= ~(1u << lane);
      warp.started |= 1u << lane;
      thread = thread / kWarp * kWarp + lane;
      view.thread = index_of_[thread];
      view.lane = lane;
      view.linear = thread;
      b.fiber[thread] = self;
      current_ = static_cast<int>(thread);
      continue;
    }
    exit_thread(thread);
    const int next = choose();
    if (next >= 0) {
      thread = static_cast<unsigned>(next);
      WarpState& its_warp = block_->warps[thread / kWarp];
      const unsigned bit = 1u << thread % kWarp;
      if ((its_warp.started & bit) == 0) {  // a thread without a fiber: it takes this one
        its_warp.started |= bit;
        block_->fiber[thread] = self;
        continue;
      }
    }
    fibers_->put(self);
    cudasim_switch(&self->stack_pointer, stack_of(next));
    closure = grid_->closure;  // a fiber outlives the grid it began with
    thread = static_cast<unsigned>(current_);
  }
}

// From the OS thread's own stack: runs threads of the block, and of those that follow it, until there
// is none to run.
void Worker::run_block() {
  const int first = choose();
  if (first >= 0) cudasim_switch(&root_, stack_of(first));
}

// Another warp's turn, one with a runnable lane; false: there is none.
bool Worker::next_warp() {
  Block& b = *block_;
  for (;;) {
    WarpState& warp = b.warps[warp_];
    if (warp.runnable != 0) return true;
    if (warp.converge != 0) {
      release_converged(warp);
      return true;
    }
    b.runnable_warps &= ~(1u << warp_);
    if (b.runnable_warps == 0) return false;
    if (shuffled_) lane_shift_ = draw();
    warp_ = pick_bit(b.runnable_warps, lane_shift_ >> 8 & 31, false);
  }
}

void Worker::exit_thread(unsigned thread) {
  Block& b = *block_;
  WarpState& warp = b.warps[thread / kWarp];
  warp.alive &= ~(1u << thread % kWarp);
  --b.alive;
  made_progress();
  // Those that wait need wait for this thread no longer.
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
  made_progress();
}

void Worker::sync_grid(const void* site) {
  Block& b = *block_;
  b.wait[static_cast<unsigned>(current_)] = Wait::grid;
  b.site[static_cast<unsigned>(current_)] = site;
  ++b.grid_arrived;
  park();
}

std::uint64_t Worker::collective(Collective operation, unsigned mask, std::uint64_t value,
                                 unsigned operand, const void* site) {
  Block& b = *block_;
  const unsigned thread = static_cast<unsigned>(current_), lane = thread % kWarp;
  WarpState& warp = b.warps[thread / kWarp];
  if ((mask >> lane & 1) == 0) {
    report_bad_mask(*this, mask, site);
    mask |= 1u << lane;
  }
  b.wait[thread] = Wait::warp;
  b.site[thread] = site;
  warp.operation[lane] = operation;
  warp.mask[lane] = mask;
  warp.value[lane] = value;
  warp.operand[lane] = operand;
  warp.waiting |= 1u << lane;
  complete(warp, mask);
  park();
  return warp.result[lane];
}

// Lets the lanes of `mask` go on if all of them that are alive wait for the same operation with the
// same mask. The last to arrive computes for all, since a lane that is let go may be in its next
// collective before another has read this one's values.
bool Worker::complete(WarpState& warp, unsigned mask) {
  const unsigned lanes = mask & warp.alive;
  if (lanes == 0 || (warp.waiting & lanes) != lanes) return false;
  const unsigned first = static_cast<unsigned>(std::countr_zero(lanes));
  const Collective operation = warp.operation[first];
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    const unsigned lane = static_cast<unsigned>(std::countr_zero(left));
    if (warp.mask[lane] != mask || warp.operation[lane] != operation) return false;
  }
  const auto each = [&](auto visit) {
    for (unsigned left = lanes; left != 0; left &= left - 1) {
      visit(static_cast<unsigned>(std::countr_zero(left)));
    }
  };
  switch (operation) {
    case Collective::sync:
      if (block_->check != nullptr) {
        block_->check->sync_warp(static_cast<unsigned>(&warp - block_->warps), lanes);
      }
      break;
    case Collective::exchange:
      // A lane that takes no part has no value to give: all bits set, which is a NaN.
      each([&](unsigned lane) {
        const unsigned source = warp.operand[lane];
        warp.result[lane] = (lanes >> source & 1) != 0 ? warp.value[source] : ~std::uint64_t{0};
      });
      break;
    case Collective::vote: {
      unsigned ballot = 0;
      each([&](unsigned lane) { ballot |= static_cast<unsigned>(warp.value[lane]) << lane; });
      each([&](unsigned lane) { warp.result[lane] = std::uint64_t{lanes} << 32 | ballot; });
      break;
    }
    case Collective::match:
      each([&](unsigned lane) {
        unsigned same = 0;
        each([&](unsigned other) {
          if (warp.value[other] == warp.value[lane]) same |= 1u << other;
        });
        warp.result[lane] = same;
      });
      break;
    case Collective::reduce: {
      unsigned total = static_cast<unsigned>(warp.value[first]);
      for (unsigned left = lanes & (lanes - 1); left != 0; left &= left - 1) {
        const unsigned v = static_cast<unsigned>(warp.value[std::countr_zero(left)]);
        switch (static_cast<Reduce>(warp.operand[first])) {
          case Reduce::add:
            total += v;
            break;
          case Reduce::min:
            total = std::min(total, v);
            break;
          case Reduce::max:
            total = std::max(total, v);
            break;
          case Reduce::min_signed:
            total = static_cast<unsigned>(std::min(static_cast<int>(total), static_cast<int>(v)));
            break;
          case Reduce::max_signed:
            total = static_cast<unsigned>(std::max(static_cast<int>(total), static_cast<int>(v)));
            break;
          case Reduce::bit_and:
            total &= v;
            break;
          case Reduce::bit_or:
            total |= v;
            break;
          case Reduce::bit_xor:
            total ^= v;
            break;
        }
      }
      each([&](unsigned lane) { warp.result[lane] = total; });
      break;
    }
  }
  warp.waiting &= ~lanes;
  warp.runnable |= lanes;
  block_->runnable_warps |= 1u << (&warp - block_->warps);
  made_progress();
  return true;
}

// __activemask: the lanes that run together. Lanes that reach the same call are let go together once
// no other lane of the warp can run, which is the most convergence a GPU could show.
unsigned Worker::active_mask(const void* site) {
  Block& b = *block_;
  const unsigned thread = static_cast<unsigned>(current_), lane = thread % kWarp;
  WarpState& warp = b.warps[thread / kWarp];
  b.wait[thread] = Wait::converge;
  b.site[thread] = site;
  warp.converge |= 1u << lane;
  park();
  return static_cast<unsigned>(warp.result[lane]);
}

void Worker::release_converged(WarpState& warp) {
  Block& b = *block_;
  const unsigned base = static_cast<unsigned>(&warp - b.warps) * kWarp;
  const unsigned first = static_cast<unsigned>(std::countr_zero(warp.converge));
  unsigned group = 0;
  for (unsigned left = warp.converge; left != 0; left &= left - 1) {
    const unsigned lane = static_cast<unsigned>(std::countr_zero(left));
    if (b.site[base + lane] == b.site[base + first]) group |= 1u << lane;
  }
  for (unsigned left = group; left != 0; left &= left - 1) {
    warp.result[std::countr_zero(left)] = group;
  }
  warp.converge &= ~group;
  warp.runnable |= group;
}

// Another thread's turn, in another warp if there is one; this one goes on later.
void Worker::yield() {
  Block& b = *block_;
  const unsigned thread = static_cast<unsigned>(current_);
  b.wait[thread] = Wait::none;
  const unsigned others = b.runnable_warps & ~(1u << warp_);
  if (others != 0) {
    lane_shift_ = draw();
    warp_ = pick_bit(others, lane_shift_ >> 8 & 31, false);
  }
  const int next = choose();
  if (next < 0) {  // nobody else can run: this thread goes on
    current_ = static_cast<int>(thread);
    return;
  }
  WarpState& warp = b.warps[thread / kWarp];
  warp.runnable |= 1u << thread % kWarp;
  b.runnable_warps |= 1u << thread / kWarp;
  cudasim_switch(&b.stack_pointer[thread], stack_of(next));
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
  void* never = nullptr;  // nobody comes back
  current_ = -1;
  cudasim_switch(&never, root_);
  __builtin_unreachable();
}

// Gives back the fibers of threads that will not go on. Their stacks are not unwound: device code
// has no exceptions, and nothing on a device thread's stack owns anything.
void Worker::abandon_block() {
  for (unsigned t = 0; t < grid_->threads; ++t) {
    const WarpState& warp = block_->warps[t / kWarp];
    if ((warp.alive & warp.started) >> t % kWarp & 1) fibers_->renew(block_->fiber[t]);
  }
  block_->alive = 0;
}

void Worker::report_deadlock() {
  report_blocked_threads(*this);
  grid_->fail(cudaErrorLaunchFailure);
}

}  // namespace cudasim
