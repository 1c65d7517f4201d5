// The checks of device code. See check.h.
#include "check.h"

#include <link.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <string>

#include "../include/cudasim/shared.h"
#include "device_heap.h"
#include "finding.h"
#include "memory.h"
#include "report.h"
#include "worker.h"

namespace cudasim {
namespace {

std::string triple(const uint3& v) {
  return "(" + std::to_string(v.x) + "," + std::to_string(v.y) + "," + std::to_string(v.z) + ")";
}

// A finding about the thread that runs.
Finding here(Worker& worker, const char* kind, const char* severity, const void* at) {
  Finding f;
  f.kind = kind;
  f.severity = severity;
  f.where = where(at);
  f.kernel = kernel_name(worker.grid()->kernel);
  f.block = triple(view.block);
  f.thread = triple(view.thread);
  return f;
}

std::string access_text(std::size_t bytes, bool write, bool atomic) {
  return std::string(atomic  ? "atomic operation on "
                     : write ? "write of "
                             : "read of ") +
         std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

struct Range {
  const char *begin = nullptr, *end = nullptr;
  bool holds(const char* p) const { return p >= begin && p < end; }
};

// The program's own variables, and this thread's thread-local ones.
struct Module {
  Range data;
  std::size_t tls_bytes = 0;
};
int find_module(dl_phdr_info* info, std::size_t, void* raw) {
  auto* m = static_cast<Module*>(raw);
  const auto self = reinterpret_cast<const char*>(&find_module);
  Module found;
  bool is_ours = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& s = info->dlpi_phdr[i];
    const char* begin = reinterpret_cast<const char*>(info->dlpi_addr + s.p_vaddr);
    if (s.p_type == PT_TLS) found.tls_bytes = (s.p_memsz + s.p_align - 1) / s.p_align * s.p_align;
    if (s.p_type != PT_LOAD) continue;
    if (self >= begin && self < begin + s.p_memsz) is_ours = true;
    if (found.data.begin == nullptr || begin < found.data.begin) found.data.begin = begin;
    found.data.end = std::max(found.data.end, begin + s.p_memsz);
  }
  if (is_ours) *m = found;
  return is_ours ? 1 : 0;
}
const Module& module() {
  static const Module m = [] {
    Module found;
    dl_iterate_phdr(find_module, &found);
    return found;
  }();
  return m;
}

const char* thread_pointer() { return static_cast<const char*>(__builtin_thread_pointer()); }

// ------------------------------------------------------------------------------- shared memory

struct SharedPlace {
  std::vector<Cell>* cells;
  const char* base;
  const char* name;
};

// A write that meets another's of the same phase: an error unless both wrote the same value, which is
// known only once this one has happened; so it is looked at again at the next access.
struct PendingWrite {
  const char* address = nullptr;
  unsigned char before[16];
  std::size_t bytes = 0;
  Finding finding;
};
thread_local PendingWrite pending;

void settle_pending() {
  if (pending.address == nullptr) return;
  const char* address = pending.address;
  pending.address = nullptr;
  if (std::memcmp(address, pending.before, pending.bytes) != 0)
    add_finding(std::move(pending.finding));
}

inline bool ordered(const Block& b, const CellAccess& earlier, unsigned thread) {
  if (earlier.phase != b.phase || earlier.thread == thread) return true;
  if (earlier.thread / kWarp != thread / kWarp) return false;
  const auto& clock = b.check->warps[thread / kWarp];
  return clock.seen[thread % kWarp][earlier.thread % kWarp] > earlier.warp_time;
}

__attribute__((noinline)) void report_race(Worker& worker, const SharedPlace& place,
                                           const char* address, std::size_t bytes, bool write,
                                           bool atomic, const CellAccess& other, bool other_writes,
                                           const void* at) {
  const unsigned thread = view.linear;
  const bool same_warp = other.thread / kWarp == thread / kWarp;
  Finding f = here(worker, "race", same_warp ? "warning" : "error", at);
  f.other = where(other.at);
  f.other_thread = triple(worker.index_of(other.thread));
  // Whichever came first in this order of threads, the write is named first; of two writes, the one
  // that stands first in the program.
  if (!write || (other_writes && other.at < at)) {
    std::swap(f.where, f.other);
    std::swap(f.thread, f.other_thread);
  }
  const std::size_t offset = static_cast<std::size_t>(address - place.base);
  f.what = std::string(place.name) + "[" + std::to_string(offset / bytes) + "] written by thread " +
           f.thread + (write && other_writes ? ", written by thread " : ", read by thread ") +
           f.other_thread;
  f.meaning = same_warp
                  ? "Both threads are of one warp, and no __syncwarp() lies between: lanes need "
                    "not run in step."
                  : "No __syncthreads() lies between the two accesses, so either may come first.";
  if (write && other_writes && !atomic && !other.atomic) {
    settle_pending();
    pending.address = address;
    pending.bytes = std::min<std::size_t>(bytes, sizeof pending.before);
    std::memcpy(pending.before, address, pending.bytes);
    pending.finding = std::move(f);
    return;
  }
  add_finding(std::move(f));
}

__attribute__((noinline)) void report_unwritten(Worker& worker, const SharedPlace& place,
                                                const char* address, std::size_t bytes, bool atomic,
                                                const void* at) {
  Finding f = here(worker, "init", "error", at);
  f.what = access_text(bytes, false, atomic) + " at " + place.name + "[" +
           std::to_string(static_cast<std::size_t>(address - place.base) / bytes) +
           "], which this block has not written";
  f.meaning =
      "Shared memory begins with any values: each block must write an element before reading it.";
  add_finding(std::move(f));
}

void check_shared(Worker& worker, const SharedPlace& place, const char* address, std::size_t bytes,
                  bool write, bool atomic, const void* at) {
  Block& b = worker.block();
  const unsigned thread = view.linear;
  const auto& clock = b.check->warps[thread / kWarp];
  std::size_t offset = static_cast<std::size_t>(address - place.base);
  const std::size_t end = offset + bytes;
  bool reported_race = false, reported_init = false;
  while (offset < end) {
    Cell& cell = (*place.cells)[offset / 4];
    const std::size_t from = offset % 4, count = std::min<std::size_t>(4 - from, end - offset);
    const auto mask = static_cast<std::uint8_t>(((1u << count) - 1) << from);
    const auto conflicts = [&](const CellAccess& other) {
      return other.at != nullptr && (other.bytes & mask) != 0 && !(atomic && other.atomic) &&
             !ordered(b, other, thread);
    };
    if (!reported_race && conflicts(cell.write)) {
      report_race(worker, place, address, bytes, write, atomic, cell.write, true, at);
      reported_race = true;
    }
    if (write) {
      for (const CellAccess& read : cell.reads) {
        if (!reported_race && conflicts(read)) {
          report_race(worker, place, address, bytes, true, atomic, read, false, at);
          reported_race = true;
        }
      }
    }
    if ((!write || atomic) && (cell.written & mask) != mask && !reported_init) {
      report_unwritten(worker, place, address, bytes, atomic, at);
      reported_init = true;
    }
    const CellAccess mine{at,   b.phase, clock.time, static_cast<std::uint16_t>(thread),
                          mask, atomic};
    if (write) {
      cell.write = mine;
      cell.written |= mask;
    }
    if (!write) {
      CellAccess& slot = cell.reads[0].at == nullptr || cell.reads[0].thread == thread ||
                                 cell.reads[0].phase != b.phase
                             ? cell.reads[0]
                             : cell.reads[1];
      slot = mine;
    }
    offset += count;
  }
}

void report_shared_bounds(Worker& worker, const char* address, std::size_t bytes, bool write,
                          bool atomic, const void* at) {
  // The nearest array below it, or else above.
  const SharedVariable* nearest = nullptr;
  for (const SharedVariable& v : worker.block().shared_variables) {
    if (v.address <= address && (nearest == nullptr || v.address > nearest->address)) nearest = &v;
  }
  bool below = false;
  if (nearest == nullptr) {
    for (const SharedVariable& v : worker.block().shared_variables) {
      if (nearest == nullptr || v.address < nearest->address) nearest = &v;
    }
    below = true;
  }
  Finding f = here(worker, "memory", "error", at);
  f.what = access_text(bytes, write, atomic);
  if (nearest != nullptr) {
    const std::ptrdiff_t offset = address - nearest->address;
    f.what +=
        std::string(" at ") + nearest->name + "[" +
        std::to_string(offset / static_cast<std::ptrdiff_t>(bytes)) + "], " +
        std::to_string(below ? -offset : offset - static_cast<std::ptrdiff_t>(nearest->bytes)) +
        (below ? " bytes before the beginning" : " bytes past the end") + " of shared array " +
        nearest->name + " of " + std::to_string(nearest->bytes) + " bytes";
  } else {
    f.what += " in shared memory that the block does not have";
  }
  f.meaning =
      "The index leaves the shared array: check its extent against the block's size and the "
      "guards.";
  add_finding(std::move(f));
}

// ------------------------------------------------------------------------------- global memory

void report_global(Worker& worker, const char* address, std::size_t bytes, bool write, bool atomic,
                   const void* at) {
  Finding f = here(worker, "memory", "error", at);
  f.what = access_text(bytes, write, atomic);
  const Neighbour n = nearest_allocation(address);
  char hex[32];
  std::snprintf(hex, sizeof hex, "%p", static_cast<const void*>(address));
  if (n.freed) {
    f.what += std::string(" at ") + hex + ", in memory that was freed";
    f.meaning = "The array was freed with cudaFree before this kernel ran, or while it ran.";
  } else if (n.allocation.base != nullptr) {
    const std::ptrdiff_t offset = address - n.allocation.base;
    const bool before = offset < 0;
    f.what += " at index " + std::to_string(offset / static_cast<std::ptrdiff_t>(bytes)) + ", " +
              std::to_string(before ? -offset
                                    : offset - static_cast<std::ptrdiff_t>(n.allocation.bytes)) +
              (before ? " bytes before the beginning" : " bytes past the end") +
              " of the array of " + std::to_string(n.allocation.bytes) + " bytes allocated at " +
              where(n.allocation.made_at);
    f.meaning =
        "The index leaves the array: the guard on the last, partly filled block is the usual "
        "cause.";
  } else {
    f.what += std::string(" at ") + hex + ", where there is no device memory";
    f.meaning = address == nullptr ? "The pointer is null."
                                   : "The pointer was never set, or computed wrongly.";
  }
  add_finding(std::move(f));
}

__attribute__((noinline)) void report_unwritten_global(Worker& worker, const Allocation& a,
                                                       const char* address, std::size_t bytes,
                                                       bool atomic, const void* at) {
  const std::size_t offset = static_cast<std::size_t>(address - a.base);
  Finding f = here(worker, "init", "error", at);
  f.what = access_text(bytes, false, atomic) + " at index " + std::to_string(offset / bytes) +
           " of the array of " + std::to_string(a.bytes) + " bytes allocated at " +
           where(a.made_at) + ", never written";
  f.meaning = "cudaMalloc does not clear memory: copy, cudaMemset or write the element first.";
  add_finding(std::move(f));
}

void check_global(Worker& worker, const Allocation& a, const char* address, std::size_t bytes,
                  bool write, bool atomic, const void* at) {
  if (a.written == nullptr) return;
  const std::size_t offset = static_cast<std::size_t>(address - a.base);
  if (write && !atomic) {
    a.written->set(offset, bytes);
  } else if (!a.written->all(offset, bytes)) {
    report_unwritten_global(worker, a, address, bytes, atomic, at);
    if (write) a.written->set(offset, bytes);
  }
}

void check_host(const char* address, std::size_t bytes, bool write, const void* at) {
  if (!in_device_range(address)) return;
  const Allocation a = find_allocation(address);
  if (a.type == cudaMemoryTypeHost || a.type == cudaMemoryTypeManaged) {
    if (write && a.written != nullptr)
      a.written->set(static_cast<std::size_t>(address - a.base), bytes);
    return;
  }
  Finding f;
  f.kind = "memory";
  f.severity = "error";
  f.where = where(at);
  f.what = access_text(bytes, write, false) + " of device memory by host code";
  f.meaning =
      "A pointer from cudaMalloc is for kernels; the host copies with cudaMemcpy. On a GPU this "
      "crashes.";
  add_finding(std::move(f));
}

struct AllocationCache {
  std::uint64_t generation = ~std::uint64_t{0};
  Allocation entries[4];
  unsigned next = 0;
};
thread_local AllocationCache cache;

const Allocation* cached_allocation(const char* address, std::size_t bytes) {
  const std::uint64_t generation = allocation_generation();
  if (cache.generation != generation) {
    cache = {};
    cache.generation = generation;
  }
  for (const Allocation& a : cache.entries) {
    if (address >= a.base && address + bytes <= a.base + a.bytes && a.base != nullptr) return &a;
  }
  const Allocation a = find_allocation(address);
  if (a.base == nullptr || address + bytes > a.base + a.bytes) return nullptr;
  Allocation& slot = cache.entries[cache.next++ % 4];
  slot = a;
  return &slot;
}

// What is neither the block's shared memory nor in an allocation.
__attribute__((noinline)) void check_elsewhere(Worker& worker, const char* address,
                                               std::size_t bytes, bool write, bool atomic,
                                               const void* at) {
  const char* dynamic = cudasim_dynamic_shared_memory;
  const char* pointer = thread_pointer();
  if (in_device_range(address) || reinterpret_cast<std::uintptr_t>(address) < 65536) {
    report_global(worker, address, bytes, write, atomic, at);
  } else if (address >= dynamic && address < dynamic + CUDASIM_SHARED_CAPACITY) {
    Finding f = here(worker, "memory", "error", at);
    f.what = access_text(bytes, write, atomic) + " at byte " + std::to_string(address - dynamic) +
             " of dynamic shared memory; the launch gave " + std::to_string(worker.grid()->shared);
    f.meaning =
        "The third argument of <<<>>> is the size in bytes, of all the block's dynamic shared "
        "memory.";
    add_finding(std::move(f));
  } else if (address < pointer && address >= pointer - module().tls_bytes) {
    report_shared_bounds(worker, address, bytes, write, atomic, at);
  } else if (!module().data.holds(address) && !worker.fibers().holds(address) &&
             find_allocation(address).base == nullptr && !is_program_data(address, 1) &&
             !is_device_heap(address)) {
    Finding f = here(worker, "memory", "error", at);
    f.what = access_text(bytes, write, atomic) + " of host memory by a kernel";
    f.meaning =
        "The pointer is the host's: from new, malloc or a local variable. Kernels need memory of "
        "cudaMalloc, cudaMallocManaged or cudaMallocHost.";
    add_finding(std::move(f));
  }
}

void check_device(Worker& worker, const char* address, std::size_t bytes, bool write, bool atomic,
                  const void* at) {
  Block& b = worker.block();
  for (std::size_t i = 0; i < b.shared_variables.size(); ++i) {
    const SharedVariable& v = b.shared_variables[i];
    if (address >= v.address && address + bytes <= v.address + v.bytes) {
      check_shared(worker, {&b.check->cells[i], v.address, v.name}, address, bytes, write, atomic,
                   at);
      return;
    }
  }
  if (in_device_range(address)) {
    if (const Allocation* a = cached_allocation(address, bytes)) {
      check_global(worker, *a, address, bytes, write, atomic, at);
      return;
    }
  }
  const char* dynamic = cudasim_dynamic_shared_memory;
  if (address >= dynamic && address + bytes <= dynamic + worker.grid()->shared) {
    check_shared(worker, {&b.check->dynamic, dynamic, "dynamic shared memory"}, address, bytes,
                 write, atomic, at);
    return;
  }
  check_elsewhere(worker, address, bytes, write, atomic, at);
}

}  // namespace

void BlockCheck::begin(unsigned threads, std::size_t dynamic_bytes) {
  warps.resize((threads + kWarp - 1) / kWarp);
  for (WarpClock& w : warps) {
    w.time = 1;
    std::memset(w.seen, 0, sizeof w.seen);
  }
  dynamic.assign((dynamic_bytes + 3) / 4, Cell{});
  cells.clear();
}

void BlockCheck::sync_warp(unsigned warp, unsigned lanes) {
  WarpClock& w = warps[warp];
  std::uint32_t joined[32] = {};
  for (unsigned l = 0; l < kWarp; ++l) {
    if ((lanes >> l & 1) == 0) continue;
    for (unsigned other = 0; other < kWarp; ++other)
      joined[other] = std::max(joined[other], w.seen[l][other]);
  }
  ++w.time;
  for (unsigned l = 0; l < kWarp; ++l) {
    if ((lanes >> l & 1) != 0) joined[l] = w.time;
  }
  for (unsigned l = 0; l < kWarp; ++l) {
    if ((lanes >> l & 1) != 0) std::memcpy(w.seen[l], joined, sizeof joined);
  }
}

void settle_writes() { settle_pending(); }

void check_access(const void* raw, std::size_t bytes, bool write, bool atomic, const void* at) {
  const char* address = static_cast<const char*>(raw);
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr) {
    check_host(address, bytes, write, at);
    return;
  }
  if (view.in_kernel == 0) return;  // the runtime's own accesses
  const char* stack = static_cast<const char*>(__builtin_frame_address(0));
  if (address >= stack && address < worker->stack_top()) return;  // its locals
  view.in_kernel = 0;
  if (pending.address != nullptr) settle_pending();
  check_device(*worker, address, bytes, write, atomic, at);
  view.in_kernel = 1;
}

}  // namespace cudasim
