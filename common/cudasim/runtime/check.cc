// The checks of device code: each access finds the memory it is of. See check.h.
#include "check.h"

#include <algorithm>
#include <cstring>

#include "../include/cudasim/shared.h"
#include "memory.h"
#include "modules.h"
#include "report.h"
#include "shape.h"
#include "variables.h"
#include "worker.h"

namespace cudasim {
namespace {

void report_misaligned(Worker& worker, const MemoryAccess& access) {
  Finding f = device_finding(worker, "memory", "error", access.at);
  f.what = access_text(access) + " at an address that is " +
           std::to_string(reinterpret_cast<std::uintptr_t>(access.address) % access.alignment) +
           " bytes past a multiple of " + std::to_string(access.alignment);
  f.address = "misaligned";
  f.meaning = kMisalignedMeaning;
  add_finding(std::move(f));
}

void report_host_memory(Worker& worker, const MemoryAccess& access) {
  Finding f = device_finding(worker, "memory", "error", access.at);
  if (is_mapped(access.address)) {
    f.what = access_text(access) + " of host memory by a kernel";
    f.address = "host memory";
    f.meaning =
        "The pointer is the host's: from new, malloc or a local variable. Kernels need memory of "
        "cudaMalloc, cudaMallocManaged or cudaMallocHost.";
  } else {
    f.what = access_text(access) + " where there is no memory at all";
    f.address = "no memory";
    f.meaning = "The pointer was never set, or an index is far out of range.";
  }
  add_finding(std::move(f));
}

// Of the program's own data, kernels may use all; but they do not write constants, nor reach past the
// end of a variable.
void check_variable(Worker& worker, const MemoryAccess& access) {
  const DeviceVariable* v = variable_at(access.address);
  const bool outside =
      v == nullptr ? in_gap(access.address) : access.address + access.bytes > v->base + v->bytes;
  const bool writes_constant = v != nullptr && v->constant && access.write;
  if (!outside) worker.block().check->check_race(worker, access);
  if (!outside && !writes_constant) return;
  if (v == nullptr) v = nearest_variable(access.address);
  const std::ptrdiff_t offset = access.address - v->base;
  Finding f = device_finding(worker, "memory", "error", access.at);
  f.address = element_name(v->name, v->base, offset, access.bytes);
  const std::string variable = std::string(v->constant ? "constant" : "device") + " variable " +
                               v->name + " of " + std::to_string(v->bytes) + " bytes";
  if (writes_constant) {
    f.allocation = "in " + variable;
    f.meaning = "Constant memory is for kernels to read: the host sets it with cudaMemcpyToSymbol.";
  } else {
    f.allocation = relation(access, v->base, v->bytes) + variable;
    f.meaning = "The index leaves the variable: check it against the array's extent.";
  }
  f.what = access_text(access) + " at " + f.address + ", " + f.allocation;
  add_finding(std::move(f));
}

bool is_stack(Worker& worker, const char* address) {
  const char* frame = static_cast<const char*>(__builtin_frame_address(0));
  return (address >= frame && address < worker.stack_top()) || worker.fibers().holds(address);
}

// What is neither among the OS thread's variables nor in the range of allocations.
void check_elsewhere(Worker& worker, const MemoryAccess& access) {
  const char* address = access.address;
  constexpr std::uintptr_t kNearNull = 65536;
  if (program_image().holds(address)) {
    check_variable(worker, access);
    return;
  }
  if (is_stack(worker, address)) return;
  if (reinterpret_cast<std::uintptr_t>(address) < kNearNull) {
    check_global(worker, access);
  } else if (find_allocation(address).base == nullptr && !is_program_data(address, 1)) {
    report_host_memory(worker, access);
  }
}

}  // namespace

std::string access_text(const MemoryAccess& access) {
  return std::string(access.atomic  ? "atomic operation on "
                     : access.write ? "write of "
                                    : "read of ") +
         std::to_string(access.bytes) + (access.bytes == 1 ? " byte" : " bytes");
}

Finding device_finding(Worker& worker, const char* kind, const char* severity, const void* at) {
  Finding f;
  f.kind = kind;
  f.severity = severity;
  f.where = where(own_call(at));
  f.kernel = kernel_name(worker.grid()->kernel);
  f.block = triple(view.block);
  f.thread = triple(view.thread);
  return f;
}

void check_access(const MemoryAccess& access) {
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr) {
    check_host(access);
    return;
  }
  if (view.in_kernel == 0) return;  // the runtime's own accesses
  const char* stack = static_cast<const char*>(__builtin_frame_address(0));
  if (access.address >= stack && access.address < worker->stack_top()) return;  // its locals
  view.in_kernel = 0;
  settle_writes();
  if (access.alignment > 1 &&
      reinterpret_cast<std::uintptr_t>(access.address) % access.alignment != 0) {
    report_misaligned(*worker, access);
  }
  const SharedShadow& s = shared_shadow;
  if (static_cast<std::size_t>(access.address - s.begin) < s.all_bytes) {
    check_shared(*worker, access);
  } else if (in_device_range(access.address)) {
    check_global(*worker, access);
  } else {
    check_elsewhere(*worker, access);
  }
  if (access.atomic) {
    worker->block().check->meet(view.linear, access.address);
    return;  // not the kernel's own code before the operation is done
  }
  view.in_kernel = 1;
}

void check_fence() {
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr || view.in_kernel == 0) return;
  view.in_kernel = 0;
  settle_writes();
  worker->block().check->fence(view.linear);
  view.in_kernel = 1;
}

std::string relation(const MemoryAccess& access, const char* base, std::size_t bytes) {
  const std::ptrdiff_t offset = access.address - base, size = static_cast<std::ptrdiff_t>(bytes);
  const std::ptrdiff_t end = offset + static_cast<std::ptrdiff_t>(access.bytes);
  if (offset < 0) return std::to_string(-offset) + " bytes before the beginning of ";
  if (offset == size) return "just past the end of ";
  if (offset >= size) return std::to_string(offset - size) + " bytes past the end of ";
  if (end > size) return "reaching " + std::to_string(end - size) + " bytes past the end of ";
  return "in ";
}

void check_copy(const void* to, const void* from, std::size_t bytes, const void* at) {
  view.in_kernel = 1;
  if (from != nullptr) check_access({static_cast<const char*>(from), bytes, false, false, at, 1});
  check_access({static_cast<const char*>(to), bytes, true, false, at, 1});
  view.in_kernel = 0;
}

void BlockCheck::check_race(Worker& worker, const MemoryAccess& access) {
  if (races_ != nullptr) races_->check(worker, access);
}

void BlockCheck::begin(unsigned threads, std::uint64_t launch, std::uint64_t block) {
  settle_writes();
  begin_shared_shadow(launch);
  warps_.resize((threads + kWarp - 1) / kWarp);
  forget();
  hand_overs_.clear();
  published_by_.clear();
  if (checks_global_races()) {
    if (races_ == nullptr) races_ = std::make_unique<BlockRaces>();
    races_->begin(threads, launch, block);
  }
}

// The clocks hold times of this generation only; an older one means nothing any more.
void BlockCheck::forget() {
  if (generation_ == shared_shadow.generation) return;
  generation_ = shared_shadow.generation;
  for (WarpClock& w : warps_) std::memset(w.seen, 0, sizeof w.seen);
  hand_overs_.clear();
}

void BlockCheck::sync_block() {
  settle_writes();
  tick_shared(true);
  if (races_ != nullptr) races_->sync_block();
}

void BlockCheck::sync_grid() {
  settle_writes();
  tick_shared(true);
  if (races_ != nullptr) races_->sync_grid();
}

void BlockCheck::sync_warp(unsigned warp, unsigned lanes) {
  settle_writes();
  tick_shared(false);
  forget();
  WarpClock& w = warps_[warp];
  std::uint32_t joined[kWarp] = {};
  for (unsigned l = 0; l < kWarp; ++l) {
    if ((lanes >> l & 1) == 0) continue;
    for (unsigned other = 0; other < kWarp; ++other)
      joined[other] = std::max(joined[other], w.seen[l][other]);
  }
  const auto now = static_cast<std::uint32_t>(shared_shadow.now >> kTimeShift);
  for (unsigned l = 0; l < kWarp; ++l) {
    if ((lanes >> l & 1) != 0) joined[l] = now;
  }
  for (unsigned l = 0; l < kWarp; ++l) {
    if ((lanes >> l & 1) != 0) std::memcpy(w.seen[l], joined, sizeof joined);
  }
  if (races_ != nullptr) races_->sync_warp(warp, lanes);
}

void BlockCheck::fence(unsigned thread) {
  forget();
  if (hand_overs_.empty()) hand_overs_.resize(warps_.size() * kWarp);
  tick_shared(false);
  hand_overs_[thread].fenced = static_cast<std::uint32_t>(shared_shadow.now >> kTimeShift);
  if (races_ != nullptr) races_->fence(thread);
}

void BlockCheck::meet(unsigned thread, const void* variable) {
  if (races_ != nullptr) races_->meet(thread, variable);
  forget();
  if (hand_overs_.empty()) return;
  HandOver& h = hand_overs_[thread];
  const bool may_acquire = published_by_.contains(variable);
  if (h.fenced != 0) {
    const bool is_new = published_by_.insert(variable).second || h.published != h.fenced;
    h.published = h.fenced;
    publications_ += is_new;
  }
  if (may_acquire && h.known != publications_) {
    tick_shared(false);
    h.acquired = static_cast<std::uint32_t>(shared_shadow.now >> kTimeShift);
    h.known = publications_;
  }
}

void BlockCheck::leave(const Block& block, std::size_t dynamic_bytes) {
  settle_writes();
  cells_.clear();
  if (dynamic_bytes != 0) take_cells(cudasim_dynamic_shared_memory, dynamic_bytes, &cells_);
  for (const SharedVariable& v : block.shared_variables) take_cells(v.address, v.bytes, &cells_);
}

void BlockCheck::come_back(const Block& block, std::size_t dynamic_bytes) {
  const Cell* from = cells_.data();
  if (dynamic_bytes != 0) {
    from = put_cells(cudasim_dynamic_shared_memory, dynamic_bytes, from);
  }
  for (const SharedVariable& v : block.shared_variables) {
    from = put_cells(v.address, v.bytes, from);
  }
}

}  // namespace cudasim
