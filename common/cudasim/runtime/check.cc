// The checks of device code: each access finds the memory it is of. See check.h.
#include "check.h"

#include <algorithm>
#include <cstring>

#include "../include/cudasim/shared.h"
#include "device_heap.h"
#include "memory.h"
#include "modules.h"
#include "report.h"
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
  f.what = access_text(access) + " of host memory by a kernel";
  f.address = "host memory";
  f.meaning =
      "The pointer is the host's: from new, malloc or a local variable. Kernels need memory of "
      "cudaMalloc, cudaMallocManaged or cudaMallocHost.";
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
  if (program_image().holds(address) || is_stack(worker, address)) return;
  if (reinterpret_cast<std::uintptr_t>(address) < kNearNull) {
    check_global(worker, access);
  } else if (find_allocation(address).base == nullptr && !is_program_data(address, 1) &&
             !is_device_heap(address)) {
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
  f.where = where(at);
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
  view.in_kernel = 1;
}

void BlockCheck::begin(unsigned threads, std::uint64_t launch) {
  settle_writes();
  begin_shared_shadow(launch);
  warps_.resize((threads + kWarp - 1) / kWarp);
  forget();
}

// The clocks hold times of this generation only; an older one means nothing any more.
void BlockCheck::forget() {
  if (generation_ == shared_shadow.generation) return;
  generation_ = shared_shadow.generation;
  for (WarpClock& w : warps_) std::memset(w.seen, 0, sizeof w.seen);
}

void BlockCheck::sync_block() {
  settle_writes();
  tick_shared(true);
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
