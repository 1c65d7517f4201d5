// Checks of shared memory: bounds, values never written, and races between threads of a block.
#include <algorithm>
#include <cstring>
#include <utility>

#include "../include/cudasim/shared.h"
#include "check.h"
#include "in_runtime.h"
#include "report.h"
#include "shape.h"
#include "worker.h"

namespace cudasim {
namespace {

// A shared variable, or the block's dynamic shared memory.
struct SharedPlace {
  const char* base;
  std::size_t bytes;
  const char* name;
  bool is_dynamic;

  std::string description() const {
    return is_dynamic
               ? "the block's dynamic shared memory"
               : "shared array " + std::string(name) + " of " + std::to_string(bytes) + " bytes";
  }
};

std::string element(const SharedPlace& place, const MemoryAccess& access) {
  return element_name(place.name, place.base, access.address - place.base, access.bytes);
}

SharedPlace place_of(Worker& worker, const char* address) {
  for (const SharedVariable& v : worker.block().shared_variables) {
    if (address >= v.address && address < v.address + v.bytes) {
      return {v.address, v.bytes, v.name, false};
    }
  }
  return {cudasim_dynamic_shared_memory, worker.grid()->shared, "dynamic shared memory", true};
}

struct PendingWrite {
  const char* address = nullptr;
  unsigned char before[16];
  std::size_t bytes = 0;
  ThreadView writer;
  std::function<Finding()> finding;
};
thread_local PendingWrite pending;

bool ordered(Worker& worker, Access earlier, unsigned thread) {
  if (earlier < shared_shadow.barrier || thread_of(earlier) == thread) return true;
  const unsigned other = thread_of(earlier);
  const BlockCheck& check = *worker.block().check;
  const auto time = static_cast<std::uint32_t>(earlier >> kTimeShift);
  return (other / kWarp == thread / kWarp && check.seen(thread, other) > time) ||
         check.handed_over(other, time, thread);
}

Finding race(Worker& worker, const MemoryAccess& access, Access other, bool other_writes) {
  const SharedPlace place = place_of(worker, access.address);
  const bool same_warp = thread_of(other) / kWarp == view.linear / kWarp;
  Finding f = device_finding(worker, "race", same_warp ? "warning" : "error", access.at);
  f.other = where(site_of(other));
  f.other_thread = triple(worker.index_of(thread_of(other)));
  f.other_block = f.block;
  // Whichever came first in this order of threads, the write is named first; of two writes, the one
  // that stands first in the program.
  if (!access.write || (other_writes && site_of(other) < access.at)) {
    std::swap(f.where, f.other);
    std::swap(f.thread, f.other_thread);
  }
  f.address = element(place, access);
  f.allocation = "in " + place.description();
  f.what = f.address + " written by thread " + f.thread +
           (access.write && other_writes ? ", written by thread " : ", read by thread ") +
           f.other_thread;
  f.meaning = same_warp
                  ? "Both threads are of one warp, and no __syncwarp() lies between: lanes need "
                    "not run in step."
                  : "No __syncthreads() lies between the two accesses, so either may come first.";
  return f;
}

void report_race(Worker& worker, const MemoryAccess& access, Access other, bool other_writes) {
  if (access.write && other_writes && !access.atomic && (other & kAtomicFlag) == 0) {
    await_value(access, [&worker, access, other] { return race(worker, access, other, true); });
  } else {
    add_finding(race(worker, access, other, other_writes));
  }
}

void report_unwritten(Worker& worker, const MemoryAccess& access) {
  const SharedPlace place = place_of(worker, access.address);
  Finding f = device_finding(worker, "init", "error", access.at);
  f.address = element(place, access);
  f.allocation = "in " + place.description();
  f.what = access_text(access) + " at " + f.address + ", which this block has not written";
  f.meaning =
      "Shared memory begins with any values: each block must write an element before reading it.";
  add_finding(std::move(f));
}

// Whether the block has written any of the bytes.
bool is_written(const char* address, std::size_t bytes) {
  const auto begin = static_cast<std::size_t>(address - shared_shadow.begin);
  for (std::size_t offset = begin; offset < begin + bytes; ++offset) {
    const Access written = Access{1} << (kWrittenShift + offset % 4);
    if ((shared_shadow.cells[offset / 4].write & written) != 0) return true;
  }
  return false;
}

}  // namespace

void shared_begin_checked(void* variable, size_t bytes, const char* name, const Shape* shape,
                          const char* gap, const char* file_gap) {
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr) return;
  const InRuntime guard;
  const std::size_t before = worker->block().shared_variables.size();
  worker->begin_shared(variable, bytes, name, nullptr);
  if (worker->block().shared_variables.size() == before) return;
  remember_shape(variable, shape);
  if (!in_shared_gap(gap)) {
    note_gap(gap, bytes);
    if (!in_shared_gap(file_gap)) note_gap(file_gap, 4096);
  }
}

void await_value(const MemoryAccess& access, std::function<Finding()> finding) {
  settle_writes();
  pending.address = access.address;
  pending.bytes = std::min(access.bytes, sizeof pending.before);
  std::memcpy(pending.before, access.address, pending.bytes);
  pending.writer = view;
  pending.finding = std::move(finding);
  shared_shadow.bytes = 0;  // so that the next access comes by
}

void settle_writes() {
  if (pending.address == nullptr) return;
  const char* address = pending.address;
  pending.address = nullptr;
  shared_shadow.bytes = shared_shadow.all_bytes;
  if (std::memcmp(address, pending.before, pending.bytes) == 0) return;
  const ThreadView now = std::exchange(view, pending.writer);
  Finding finding = pending.finding();
  view = now;
  add_finding(std::move(finding));
}

void check_shared(Worker& worker, const MemoryAccess& access) {
  const SharedShadow& s = shared_shadow;
  const unsigned thread = view.linear;
  const auto begin = static_cast<std::size_t>(access.address - s.begin), end = begin + access.bytes;
  // All bytes must be some variable's before any counts as accessed.
  for (std::size_t offset = begin; offset < end; offset += 4 - offset % 4) {
    const Access state = s.cells[offset / 4].write;
    const char* last = s.begin + std::min(end, offset / 4 * 4 + 4) - 1;
    if ((state & kShared) == 0 || ((state & kPartial) != 0 && [&] {
          const SharedPlace place = place_of(worker, s.begin + offset);
          return last >= place.base + place.bytes;
        }())) {
      const char* dynamic = cudasim_dynamic_shared_memory;
      if (access.address >= dynamic && access.address < dynamic + CUDASIM_SHARED_CAPACITY) {
        report_dynamic_bounds(worker, access);
      } else {
        report_shared_bounds(worker, access);
        // Elsewhere the write would change the simulator's own data: as on a GPU, the launch ends.
        if (access.write && !between_shared_gaps(access.address)) {
          worker.fail(cudaErrorIllegalAddress);
        }
      }
      return;
    }
  }
  if ((!access.write || access.atomic) && !enough_written(access, is_written)) {
    report_unwritten(worker, access);
  }
  bool reported_race = false;
  for (std::size_t offset = begin; offset < end;) {
    Cell& cell = s.cells[offset / 4];
    const std::size_t from = offset % 4, count = std::min(4 - from, end - offset);
    const Access mask = (((Access{1} << count) - 1) << from) << kBytesShift;
    const auto conflicts = [&](Access other) {
      return (other & mask) != 0 && !(access.atomic && (other & kAtomicFlag) != 0) &&
             !ordered(worker, other, thread);
    };
    if (!reported_race && conflicts(cell.write)) {
      report_race(worker, access, cell.write, true);
      reported_race = true;
    }
    for (const Access read : cell.reads) {
      if (access.write && !reported_race && conflicts(read)) {
        report_race(worker, access, read, false);
        reported_race = true;
      }
    }
    Access mine = s.now | mask | Access{thread} << kThreadShift | pack_site(access.at) |
                  (access.atomic ? kAtomicFlag : 0);
    // Of one thread, at one time, several accesses to parts of a cell are one to all of them.
    const auto joined = [&](Access before) {
      const bool same = same_thread(before, mine) && ((before ^ mine) & kAtomicFlag) == 0 &&
                        before >> kTimeShift == mine >> kTimeShift;
      return mine | (same ? before & kBytesMask : 0);
    };
    if (access.write) {
      cell.write =
          joined(cell.write) | (cell.write & kStateMask) | mask << (kWrittenShift - kBytesShift);
    } else {
      const bool first = cell.reads[0] < s.barrier || same_thread(cell.reads[0], mine);
      Access& slot = cell.reads[first ? 0 : 1];
      slot = joined(slot);
    }
    offset += count;
  }
}

void report_shared_bounds(Worker& worker, const MemoryAccess& access) {
  // The nearest array, and how far from it.
  SharedPlace nearest{nullptr, 0, nullptr, false};
  std::ptrdiff_t distance = 0;
  for (const SharedVariable& v : worker.block().shared_variables) {
    const std::ptrdiff_t away =
        access.address < v.address
            ? v.address - access.address
            : std::max<std::ptrdiff_t>(
                  0, access.address - v.address - static_cast<std::ptrdiff_t>(v.bytes));
    if (nearest.base == nullptr || away < distance) {
      nearest = {v.address, v.bytes, v.name, false};
      distance = away;
    }
  }
  Finding f = device_finding(worker, "memory", "error", access.at);
  if (nearest.base != nullptr) {
    f.address = element(nearest, access);
    f.allocation = relation(access, nearest.base, nearest.bytes) + nearest.description();
    f.what = access_text(access) + " at " + f.address + ", " + f.allocation;
  } else {
    f.allocation = "in no shared array of the block";
    f.what = access_text(access) + " in shared memory that the block does not have";
  }
  f.meaning = access.address < nearest.base
                  ? "The index is below zero: guard the block's first threads."
                  : "The index leaves the shared array: check its extent against the block's size "
                    "and the guards.";
  add_finding(std::move(f));
}

void report_dynamic_bounds(Worker& worker, const MemoryAccess& access) {
  const std::ptrdiff_t offset = access.address - cudasim_dynamic_shared_memory;
  Finding f = device_finding(worker, "memory", "error", access.at);
  f.address = "dynamic shared memory[" +
              std::to_string(offset / static_cast<std::ptrdiff_t>(access.bytes)) + "]";
  f.allocation = "at byte " + std::to_string(offset) +
                 " of dynamic shared memory; the launch gave " +
                 std::to_string(worker.grid()->shared);
  f.what = access_text(access) + " " + f.allocation;
  const std::vector<SharedVariable>& variables = worker.block().shared_variables;
  f.meaning =
      "The third argument of <<<>>> is the size in bytes, of all the block's dynamic shared "
      "memory.";
  if (worker.grid()->shared == 0 && !variables.empty()) {
    f.meaning = "Either that argument, the third of <<<>>>, is missing, or an index leaves " +
                std::string(variables.front().name) + " or another shared array by far.";
  }
  add_finding(std::move(f));
}

}  // namespace cudasim
